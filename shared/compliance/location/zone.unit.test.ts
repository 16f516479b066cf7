import assert from 'node:assert/strict';
import { localDay } from '../local-day.ts';
import { endAtLocalTime, startOfLocalTime } from './zone.ts';

const iso = (instant: number): string => new Date(instant).toISOString();

describe('A local time that clocks show twice, or never', () => {
  const back = localDay(2026, 11, 1);
  const forward = localDay(2026, 3, 8);
  const zone = 'America/New_York';

  it('begins a window the second time, and ends one the first time', () => {
    assert.equal(iso(startOfLocalTime(zone, back, 90)), '2026-11-01T06:30:00.000Z');
    assert.equal(iso(endAtLocalTime(zone, back, 90)), '2026-11-01T05:30:00.000Z');
  });

  it('begins a window after the gap, and ends one before it', () => {
    assert.equal(iso(startOfLocalTime(zone, forward, 150)), '2026-03-08T07:30:00.000Z');
    assert.equal(iso(endAtLocalTime(zone, forward, 150)), '2026-03-08T06:30:00.000Z');
  });

  it('is the same instant either way when clocks show it once', () => {
    for (const day of [back, forward, back + 1]) {
      assert.equal(startOfLocalTime(zone, day, 480), endAtLocalTime(zone, day, 480));
    }
    assert.equal(iso(startOfLocalTime('Pacific/Honolulu', back, 24 * 60)), '2026-11-02T10:00:00.000Z');
  });
});
