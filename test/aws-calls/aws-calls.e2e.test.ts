import assert from 'node:assert/strict';
import { readings, readRecordedFile } from './recorded-call.ts';
import { recordScenario } from './scenario.ts';

describe('The recorded AWS calls', function () {
  this.timeout(170_000);

  for (const reading of readings) {
    it(`are exactly those that the running services make, with ${reading}: run "npm run aws-calls" when this fails`, async () => {
      assert.deepEqual(await recordScenario(reading), await readRecordedFile(reading));
    });
  }
});
