import assert from 'node:assert/strict';
import { taskFault } from './one-off-task.ts';

describe('A task that is run once', () => {
  it('is running until it has stopped', () => {
    assert.equal(taskFault(undefined), 'running');
    assert.equal(taskFault({ lastStatus: 'PENDING' }), 'running');
    assert.equal(taskFault({ lastStatus: 'DEPROVISIONING', containers: [{ exitCode: 0 }] }), 'running');
  });

  it('ended well when every container ended with 0', () => {
    assert.equal(taskFault({ lastStatus: 'STOPPED', containers: [{ name: 'migrate', exitCode: 0 }] }), null);
  });

  it('failed with any other code, and when it never started', () => {
    assert.equal(
      taskFault({
        lastStatus: 'STOPPED',
        stoppedReason: 'Essential container in task exited',
        containers: [{ name: 'migrate', exitCode: 1 }],
      }),
      'Essential container in task exited; migrate ended with 1',
    );
    assert.equal(
      taskFault({
        lastStatus: 'STOPPED',
        stoppedReason: 'CannotPullContainerError',
        containers: [{ name: 'migrate' }],
      }),
      'CannotPullContainerError; migrate ended with no code',
    );
    assert.equal(taskFault({ lastStatus: 'STOPPED' }), 'it stopped');
  });
});
