import assert from 'node:assert/strict';
import fc from 'fast-check';
import { WINDOW_MARGIN_MS, WINDOW_MS, windowCloses } from './whatsapp-window.ts';

const NOW = Date.parse('2026-03-02T15:00:00Z');
const HOUR = 3_600_000;

describe("A person's window on WhatsApp", () => {
  const closesIn = (ageMs: number, heardAgo = ageMs): number | null => {
    const closes = windowCloses({ ageMs, heardOn: NOW - heardAgo }, NOW);
    return closes === null ? null : closes - NOW;
  };
  const whole = WINDOW_MS - WINDOW_MARGIN_MS;

  it('closes a margin before 24 hours after their last message', () => {
    assert.deepEqual(
      [closesIn(0), closesIn(HOUR), closesIn(WINDOW_MS)],
      [whole, whole - HOUR, -WINDOW_MARGIN_MS],
    );
  });

  it('is not known to be open where they never wrote, or the times make no sense', () => {
    assert.equal(windowCloses(null, NOW), null);
    for (const [ageMs, heardOn] of [
      [Number.NaN, NOW],
      [0, Number.NaN],
      [-2 * 60_000, NOW],
      [0, NOW + 2 * 60_000],
    ] as const) {
      assert.equal(windowCloses({ ageMs, heardOn }, NOW), null);
    }
  });

  it('closes by whichever clock says so first: of the database, or of business', () => {
    assert.equal(closesIn(HOUR, 30 * HOUR), whole - 30 * HOUR);
    assert.equal(closesIn(30 * HOUR, HOUR), whole - 30 * HOUR);
  });

  it('is never open for longer than 24 hours less the margin, whatever the clocks say', () => {
    fc.assert(
      fc.property(fc.double(), fc.double(), (ageMs, heardOn) => {
        const closes = windowCloses({ ageMs, heardOn }, NOW);
        assert.ok(closes === null || closes <= NOW + whole);
      }),
    );
  });
});
