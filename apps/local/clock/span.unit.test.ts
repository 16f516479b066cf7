import assert from 'node:assert/strict';
import { arrivedText, spanText } from './span.ts';

describe('How far time is ahead', () => {
  for (const [ms, text] of [
    [400, '0 s'],
    [15_000, '15 s'],
    [600_000, '10 min'],
    [84_998_343, '23 h 36 min'],
    [172_800_000, '2 d'],
    [93_780_000, '1 d 2 h 3 min'],
  ] as const) {
    it(`is "${text}" for ${ms} ms`, () => assert.equal(spanText(ms), text));
  }

  it('is told with the time there, where somebody asked for that', () => {
    const view = { now: '2026-11-27T15:00:00.311Z', offsetMs: 600_000 };
    assert.equal(
      arrivedText(view, 'America/Chicago'),
      'It is now 2026-11-27T15:00:00.311Z (Nov 27, 09:00 in America/Chicago), 10 min ahead of this machine.',
    );
    assert.equal(
      arrivedText(view, null),
      'It is now 2026-11-27T15:00:00.311Z, 10 min ahead of this machine.',
    );
  });
});
