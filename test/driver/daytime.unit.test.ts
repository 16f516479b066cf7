import assert from 'node:assert/strict';
import { Temporal } from 'temporal-polyfill';
import { zoneAtNight, zoneInDaytime } from './daytime.ts';

describe('A place', () => {
  const table: [when: string, zoneOf: (now: Date) => string, is: (hour: number) => boolean][] = [
    ['in daytime', zoneInDaytime, (hour) => hour >= 9 && hour < 18],
    ['at night', zoneAtNight, (hour) => hour >= 21 || hour < 6],
  ];
  for (const [when, zoneOf, is] of table) {
    it(`${when} is found at every hour of every day of a year`, () => {
      for (let hour = 0; hour < 365 * 24; hour += 1) {
        const now = new Date(Date.UTC(2026, 0, 1, hour, 59));
        const timeZone = zoneOf(now);
        const { hour: local } = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(
          timeZone,
        );
        assert.ok(is(local), `${now.toISOString()} ${timeZone}`);
      }
    });
  }
});
