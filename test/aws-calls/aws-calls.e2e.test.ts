import assert from 'node:assert/strict';
import { readRecordedCalls } from './recorded-call.ts';
import { recordScenario } from './scenario.ts';

describe('The recorded AWS calls', function () {
  this.timeout(170_000);

  it('are exactly those that the running services make: run "npm run aws-calls" when this fails', async () => {
    assert.deepEqual(await recordScenario(), await readRecordedCalls());
  });
});
