import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type CarefulStart, type StartFacts, sliceOf, startStep } from './careful-start.ts';
import { canarySchema } from './definition.ts';

const canary = canarySchema.parse({ contacts: 50, waitMinutes: 10, rampMinutes: 20 });
const NOON = new Date('2026-03-05T17:00:00Z');
const at = (minutes: number): Date => new Date(NOON.getTime() + minutes * 60_000);
const facts = (more: Partial<StartFacts>): StartFacts => ({
  canary,
  audience: 1_000,
  written: 0,
  queued: 0,
  waiting: 1_000,
  now: NOON,
  ...more,
});
const slice: CarefulStart = { stage: 'slice', since: NOON };

describe('The careful start of a campaign', () => {
  it('writes to its slice and to nobody else, and waits when all of it has gone', () => {
    assert.equal(startStep(slice, facts({ written: 20 })).room, 30);
    const gone = startStep(slice, facts({ written: 50, queued: 3, waiting: 950 }));
    assert.deepEqual([gone.stage, gone.room], ['slice', 0]);
    const sent = startStep(slice, facts({ written: 50, waiting: 950 }));
    assert.deepEqual([sent.stage, sent.room, sent.look], ['wait', 0, false]);
  });

  it('looks when the wait is over, not before', () => {
    const wait: CarefulStart = { stage: 'wait', since: NOON };
    const before = startStep(wait, facts({ now: at(9), written: 50 }));
    assert.deepEqual([before.look, before.room, before.until], [false, 0, at(10)]);
    assert.equal(startStep(wait, facts({ now: at(10), written: 50 })).look, true);
  });

  it('grows to its pace, and is then as any other', () => {
    const ramp: CarefulStart = { stage: 'ramp', since: NOON };
    const parts = [0, 1, 5, 10, 19].map((minute) => startStep(ramp, facts({ now: at(minute) })).part);
    assert.deepEqual(parts, [0.1, 0.1, 0.25, 0.5, 0.95]);
    assert.deepEqual(startStep(ramp, facts({ now: at(20) })), {
      stage: 'open',
      room: null,
      part: 1,
      look: false,
      until: null,
    });
  });

  it('opens when nobody is left to be careful for', () => {
    assert.equal(startStep(slice, facts({ written: 30, waiting: 0 })).stage, 'open');
  });

  it('takes a part of the audience, at least one and at most all', () => {
    const part = canarySchema.parse({ percent: 1 });
    assert.deepEqual(
      [10, 1_000, 1_001].map((audience) => sliceOf(part, audience)),
      [1, 10, 11],
    );
    assert.equal(sliceOf(canary, 20), 20);
  });

  it('never lets more than the slice go before it was looked at, whatever is asked when', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.array(fc.record({ wanted: fc.nat(40), minutes: fc.nat(3), sent: fc.boolean() }), {
          maxLength: 60,
        }),
        (audience, ticks) => {
          let state = slice;
          let minute = 0;
          const stand = { written: 0, queued: 0, waiting: audience };
          for (const { minutes, sent, wanted } of ticks) {
            minute += minutes;
            if (sent) stand.queued = 0;
            const step = startStep(state, { canary, audience, ...stand, now: at(minute) });
            if (step.look) return;
            if (step.stage !== state.stage) state = { stage: step.stage, since: at(minute) };
            const written = Math.min(wanted, step.room ?? wanted, stand.waiting);
            stand.written += written;
            stand.queued += written;
            stand.waiting -= written;
            assert.ok(stand.written <= sliceOf(canary, audience) || stand.waiting === 0);
          }
        },
      ),
    );
  });
});
