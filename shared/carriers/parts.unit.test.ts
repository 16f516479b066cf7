import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type HeldPart, joinParts, PART_WAIT_MS } from './parts.ts';

const START = Date.parse('2026-11-26T12:00:00Z');
const at = (ms: number): Date => new Date(START + ms);
const part = (number: number, count: number, body: string, ms = number * 100): HeldPart => ({
  reference: '17',
  number,
  count,
  carrierMessageId: `SM${number}-${ms}`,
  body,
  receivedAt: at(ms),
  heardAt: at(ms + 10),
});

describe('Parts of a text', () => {
  it('are the text when all are there, in whatever order and however often they came', () => {
    const cut = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(cut, fc.func(fc.nat()), fc.array(fc.nat(8), { maxLength: 5 }), (bodies, weight, again) => {
        const parts = bodies.map((body, n) => part(n + 1, bodies.length, body, weight(n) % 30_000));
        const repeated = again.map((n) => {
          const one = parts[n % parts.length] ?? part(1, 1, '');
          const later = new Date(one.receivedAt.getTime() + 1);
          return {
            ...one,
            carrierMessageId: `${one.carrierMessageId} again`,
            body: 'never read',
            receivedAt: later,
          };
        });
        const all = [...parts, ...repeated].sort(
          (a, b) => weight(a.carrierMessageId) - weight(b.carrierMessageId),
        );
        const joined = joinParts(all, at(0));
        assert.ok(joined.kind === 'joined');
        assert.deepEqual([joined.body, joined.missing], [bodies.join('').trim(), []]);
        assert.equal(joined.carrierMessageId, parts[0]?.carrierMessageId);
        assert.deepEqual([...joined.of].sort(), all.map(({ carrierMessageId }) => carrierMessageId).sort());
        assert.equal(
          joined.receivedAt.getTime(),
          Math.min(...parts.map(({ receivedAt }) => receivedAt.getTime())),
        );
      }),
    );
  });

  it('wait for what is missing, from when the first came here, and no longer', () => {
    const parts = [part(3, 3, 'C', 50), part(1, 3, 'A', 2_000)];
    const until = at(60 + PART_WAIT_MS);
    assert.deepEqual(joinParts(parts, new Date(until.getTime() - 1)), { kind: 'waiting', until });
    const joined = joinParts(parts, until);
    assert.ok(joined.kind === 'joined');
    assert.deepEqual([joined.body, joined.missing], ['A [...] C', [2]]);
  });

  it('show where something is missing, and keep every word that came', () => {
    const subset = fc.integer({ min: 1, max: 8 }).chain((count) =>
      fc.tuple(
        fc.constant(count),
        fc.subarray(
          Array.from({ length: count }, (_, n) => n + 1),
          { minLength: 1 },
        ),
      ),
    );
    fc.assert(
      fc.property(subset, ([count, numbers]) => {
        const joined = joinParts(
          numbers.map((number) => part(number, count, `<${number}>`)),
          at(PART_WAIT_MS * 2),
        );
        assert.ok(joined.kind === 'joined');
        assert.deepEqual(
          [...joined.body.matchAll(/<(\d)>/g)].map(([, number]) => Number(number)),
          numbers,
        );
        assert.equal(joined.missing.length, count - numbers.length);
        assert.equal(joined.body.includes('[...]'), joined.missing.length > 0);
        assert.equal(joined.carrierMessageId, part(numbers[0] ?? 0, count, '').carrierMessageId);
      }),
    );
  });
});
