import assert from 'node:assert/strict';
import { zoneInDaytime } from './daytime.ts';

describe('A place in daytime', () => {
  it('is found at every hour of every day of a year', () => {
    for (let hour = 0; hour < 365 * 24; hour += 1) {
      const now = new Date(Date.UTC(2026, 0, 1, hour, 59));
      const timeZone = zoneInDaytime(now);
      const local = Number(
        new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', hourCycle: 'h23' }).format(now),
      );
      assert.ok(local >= 9 && local < 18, `${now.toISOString()} ${timeZone}`);
    }
  });
});
