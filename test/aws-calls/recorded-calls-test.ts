import assert from 'node:assert/strict';
import { type Reading, readRecordedFile } from './recorded-call.ts';
import { recordScenario } from './scenario.ts';

/** A file for each way of reading streams: files run beside each other. */
export function describeRecordedCalls(reading: Reading): void {
  describe(`The recorded AWS calls, with ${reading},`, () => {
    it('are exactly those that the running services make: run "npm run aws-calls" when this fails', async () => {
      assert.deepEqual(await recordScenario(reading), await readRecordedFile(reading));
    });
  });
}
