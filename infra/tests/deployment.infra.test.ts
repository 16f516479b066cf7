import assert from 'node:assert/strict';
import { services } from '#shared/topology.ts';
import { EvaluationError } from '../testing/evaluate.ts';
import {
  type EcsCall,
  endedTask,
  type ScriptedEcs,
  scriptedEcs,
  startedTask,
} from '../testing/scripted-ecs.ts';
import { evaluateByItself } from '../testing/stacks.ts';

/** A deployment against an ECS that does as it is told: what was made, what was asked, and how it ended. */
async function deploy(answer: (call: EcsCall) => Record<string, unknown>) {
  const ecs: ScriptedEcs = await scriptedEcs(answer);
  try {
    const ended = await evaluateByItself('dev', {}, { hooksWith: ecs.environment }).then(
      ({ resources }) => ({ resources, fault: '' }),
      (error: unknown) => {
        assert.ok(error instanceof EvaluationError);
        return { resources: error.resources, fault: error.message };
      },
    );
    const made = ended.resources
      .filter(({ type }) => type === 'aws:ecs/service:Service')
      .map(({ name }) => name);
    return { made, calls: ecs.calls, fault: ended.fault };
  } finally {
    ecs.close();
  }
}

/** The service runs the first revision of its own task definition, unless it was rolled back. */
const running = (service: string, revision = 1) => ({
  services: [
    {
      deployments: [
        {
          status: 'PRIMARY',
          rolloutState: 'COMPLETED',
          rolloutStateReason: revision === 1 ? 'completed' : 'circuit breaker: rolled back',
          taskDefinition: `arn:aws:ecs:us-east-1:123456789012:task-definition/${service}:${revision}`,
        },
      ],
    },
  ],
});

const askedFor = ({ input }: EcsCall): string =>
  Array.isArray(input.services) ? String(input.services[0]) : '';

describe('A deployment', () => {
  it('touches no service when the migrations failed, and says where to read why', async () => {
    const { made, calls, fault } = await deploy(({ operation }) =>
      operation === 'RunTask' ? startedTask : endedTask(1),
    );
    assert.deepEqual(made, []);
    assert.deepEqual(
      calls.map(({ operation }) => operation),
      ['RunTask', 'DescribeTasks'],
    );
    assert.match(fault, /migrate ended with 1\. Its logs are in \/carillon\/dev\/migrate\./);
  });

  it('stops at the service that was rolled back, although it is steady', async () => {
    const { made, calls, fault } = await deploy((call) => {
      if (call.operation === 'RunTask') return startedTask;
      if (call.operation === 'DescribeTasks') return endedTask(0);
      const service = askedFor(call);
      return running(service, service === 'carillon-dev-sender' ? 7 : 1);
    });
    assert.deepEqual(
      [...made].sort(),
      Object.keys(services)
        .filter((name) => name !== 'gateway' && name !== 'api')
        .sort(),
    );
    assert.match(fault, /carillon-dev-sender was rolled back to .*carillon-dev-sender:7/);
    assert.match(fault, /pulumi refresh/);
    const [migration] = calls;
    assert.equal(migration?.operation, 'RunTask');
    assert.equal(
      migration.input.taskDefinition,
      'arn:aws:ecs:us-east-1:123456789012:task-definition/carillon-dev-migrate:1',
    );
    assert.match(JSON.stringify(migration.input.networkConfiguration), /"assignPublicIp":"DISABLED"/);
  });
});
