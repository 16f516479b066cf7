import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decide } from '#shared/compliance/gate.ts';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import { factsOf, touchOf } from '#shared/compliance/test-facts.ts';
import { runs } from '#test/properties/runs.ts';
import { anyWindow, isInside, there } from './test-windows.ts';
import { localWindow, windowSchema } from './windows.ts';

/** Zones with whole, half and quarter hours, of which some change their clocks; for each a number that may be there. */
const ZONES = ['America/New_York', 'America/Los_Angeles', 'Asia/Kolkata', 'Asia/Kathmandu', 'Europe/Berlin'];

const MINUTE_MS = 60_000;
const anyInstant = fc.integer({
  min: Date.parse('2026-01-01T00:00:00Z') / MINUTE_MS,
  max: Date.parse('2027-12-31T00:00:00Z') / MINUTE_MS,
});

describe('Windows of a campaign', () => {
  it('are what people write: from before the other, or over midnight, and never nothing', () => {
    assert.equal(windowSchema.safeParse({ days: [1], from: '22:00', to: '06:00' }).success, true);
    assert.equal(windowSchema.safeParse({ days: [1], from: '09:00', to: '09:00' }).success, false);
    assert.equal(windowSchema.safeParse({ days: [], from: '09:00', to: '10:00' }).success, false);
    assert.equal(windowSchema.safeParse({ days: [1], from: '9:00', to: '24:00' }).success, false);
  });

  it('let a message go only when it is inside one of them, and inside the hours of the law, where the person is', () => {
    let sent = 0;
    fc.assert(
      fc.property(
        fc.array(anyWindow, { maxLength: 3 }),
        fc.constantFrom(...ZONES),
        anyInstant,
        (windows, zone, minute) => {
          const now = minute * MINUTE_MS;
          const touch = touchOf({ intent: 'transactional', windows: windows.map(localWindow) });
          const decision = decide(touch, factsOf({ zone }), now, defaultGateConfig);
          if (decision.verdict !== 'send') return;
          sent += 1;
          // To the last moment at which a carrier may hand it over.
          for (const instant of [now, decision.validUntil - 1]) {
            const local = there(zone, instant);
            assert.ok(
              windows.some((window) => isInside(local, window)),
              `${JSON.stringify(local)} in ${JSON.stringify(windows)}`,
            );
            assert.ok(local.time >= '08:00' && local.time < '21:00', `at ${local.time}`);
          }
        },
      ),
      { numRuns: runs(1_500) },
    );
    assert.ok(sent > 50, `only ${sent} were sent`);
  });
});
