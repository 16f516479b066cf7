import assert from 'node:assert/strict';
import { rolloutFault } from './rollout.ts';

const made = 'arn:aws:ecs:us-east-1:123456789012:task-definition/carillon-dev-sender:8';
const before = 'arn:aws:ecs:us-east-1:123456789012:task-definition/carillon-dev-sender:7';

describe('A service that has been deployed', () => {
  it('runs what was deployed', () => {
    const deployments = [{ status: 'PRIMARY', taskDefinition: made, rolloutState: 'COMPLETED' }];
    assert.equal(rolloutFault('sender', made, deployments), null);
  });

  it('was rolled back when its primary deployment is the one before, however steady it is', () => {
    const fault = rolloutFault('sender', made, [
      {
        status: 'PRIMARY',
        taskDefinition: before,
        rolloutState: 'COMPLETED',
        rolloutStateReason: 'ECS deployment circuit breaker: rolling back',
      },
    ]);
    assert.match(fault ?? '', /rolled back to .*sender:7 instead of running .*sender:8: .*circuit breaker/);
  });

  it('failed when its primary deployment says so', () => {
    const fault = rolloutFault('sender', made, [
      {
        status: 'PRIMARY',
        taskDefinition: made,
        rolloutState: 'FAILED',
        rolloutStateReason: 'tasks failed to start',
      },
    ]);
    assert.equal(fault, 'sender: tasks failed to start');
  });

  it('failed when there is no deployment', () => {
    assert.equal(rolloutFault('sender', made, []), 'sender has no deployment');
  });
});
