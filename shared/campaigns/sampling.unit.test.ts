import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Count } from './counts.ts';
import { definitionSchema } from './definition.ts';
import { type SampleCounts, sharesOf, stageOf } from './sampling.ts';

const NOW = new Date('2026-11-26T12:00:00Z');
const ago = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);
const definition = definitionSchema.parse({
  audience: {},
  variants: [{ name: 'A' }, { name: 'B' }],
  timeZone: 'America/New_York',
  experiment: { metric: 'delivered', sample: 100, waitMinutes: 60, automatic: true },
});
const fresh = { definition, sampledAt: null, decidedAt: null, winner: null };
const listed = (variants: readonly Record<string, number>[]): Count[] =>
  variants.flatMap((measures, variant) =>
    Object.entries(measures).map(([measure, value]) => ({ variant, measure, value })),
  );
const counts = (...variants: Record<string, number>[]): SampleCounts => ({
  contacts: listed(variants),
  triedBefore: [],
});

describe('The experiment of a campaign', () => {
  it('writes to a sample of each variant first', () => {
    assert.deepEqual(
      stageOf(
        fresh,
        {
          ...counts({ pending: 900, sent: 40, queued: 10 }, { pending: 900, held: 3, sent: 97 }),
          triedBefore: listed([{}, { held: 3 }]),
        },
        NOW,
      ),
      { kind: 'sample', room: [50, 0] },
    );
  });

  it('waits for what is queued of the sample, and takes a variant that nobody is left of as it is', () => {
    const few = { delivered: 30, undelivered: 5 };
    const sent = { pending: 800, sent: 99, queued: 1 };
    assert.deepEqual(stageOf(fresh, counts(sent, few), NOW).kind, 'sample');
    assert.deepEqual(stageOf(fresh, counts({ ...sent, sent: 100, queued: 0 }, few), NOW), {
      kind: 'wait',
      sampledAt: NOW,
      until: ago(-60),
    });
  });

  it('waits for the time it was given, whatever was heard until then', () => {
    const result = counts({ pending: 800, delivered: 20, sent: 80 }, { pending: 800, delivered: 100 });
    assert.deepEqual(stageOf({ ...fresh, sampledAt: ago(59) }, result, NOW).kind, 'wait');
    assert.deepEqual(stageOf({ ...fresh, sampledAt: ago(60) }, result, NOW), { kind: 'decide', winner: 1 });
  });

  const again = ['pending', 'queued', 'held', 'blocked', 'cancelled'];
  for (const state of again) {
    it(`loses nobody of its sample who is ${state} when it decides, and waits for nobody of them`, () => {
      const contacts = counts(
        {
          pending: 800,
          delivered: 19,
          sent: 80,
          ...(state === 'pending' ? { pending: 801 } : { [state]: 1 }),
        },
        { pending: 800, delivered: 100 },
      );
      const result = { ...contacts, triedBefore: listed([{ [state]: 1 }]) };
      assert.deepEqual(stageOf({ ...fresh, sampledAt: ago(60) }, result, NOW), { kind: 'decide', winner: 1 });
      assert.equal(stageOf(fresh, result, NOW).kind, 'wait');
    });
  }

  it('counts as many in a sample as were written to, whatever became of whom', () => {
    const states = fc.constantFrom('sent', 'delivered', 'undelivered', 'failed', ...again);
    fc.assert(
      fc.property(fc.array(states, { maxLength: 200 }), fc.nat(300), (tried, pending) => {
        const of = (among: readonly string[]): { pending?: number } & Record<string, number> =>
          Object.fromEntries(
            among.map((state) => [state, tried.filter((each) => each === state).length] as const),
          );
        const all = of([...new Set(tried)]);
        const result = {
          contacts: listed([{ ...all, pending: (all.pending ?? 0) + pending }]),
          triedBefore: listed([of(again)]),
        };
        assert.equal(sharesOf('delivered', result, 1)[0]?.trials, tried.length);
      }),
    );
  });

  it('decides by what is hoped for: who got it, answered, or followed a link', () => {
    const result = counts(
      { delivered: 100, replied: 40, clicked: 3 },
      { delivered: 98, sent: 2, replied: 9, clicked: 30 },
    );
    const successes = (metric: 'delivered' | 'reply' | 'click') =>
      sharesOf(metric, result, 2).map((share) => share.successes);
    assert.deepEqual(successes('delivered'), [100, 98]);
    assert.deepEqual(successes('reply'), [40, 9]);
    assert.deepEqual(successes('click'), [3, 30]);
  });

  it('has no winner where none is surely better', () => {
    const result = counts(
      { pending: 800, delivered: 90, sent: 10 },
      { pending: 800, delivered: 92, sent: 8 },
    );
    assert.deepEqual(stageOf({ ...fresh, sampledAt: ago(60) }, result, NOW), {
      kind: 'decide',
      winner: null,
    });
  });

  it('lets everybody go once it is decided, and where nothing waits for it', () => {
    const decided = { ...fresh, sampledAt: ago(60), decidedAt: NOW, winner: 1 };
    assert.deepEqual(stageOf(decided, counts(), NOW), { kind: 'open', winner: 1 });
    for (const experiment of [
      null,
      { ...definition.experiment, automatic: false } as typeof definition.experiment,
    ]) {
      assert.deepEqual(stageOf({ ...fresh, definition: { ...definition, experiment } }, counts(), NOW), {
        kind: 'open',
        winner: null,
      });
    }
  });
});
