import assert from 'node:assert/strict';
import { snoozeTimes } from './snooze-times.ts';

describe('Putting a conversation off', () => {
  for (const [says, now, monday] of [
    ['on a Friday is until the Monday after it', new Date(2026, 10, 27, 15, 30), new Date(2026, 10, 30, 9)],
    ['on a Monday is until the next', new Date(2026, 10, 30, 8), new Date(2026, 11, 7, 9)],
    ['on a Sunday is until tomorrow', new Date(2026, 10, 29, 8), new Date(2026, 10, 30, 9)],
  ] as const) {
    it(says, () => {
      const [hour, tomorrow, week] = snoozeTimes(now);
      assert.equal(hour?.until.getTime(), now.getTime() + 3_600_000);
      assert.deepEqual(tomorrow?.until, new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 9));
      assert.deepEqual(week?.until, monday);
    });
  }
});
