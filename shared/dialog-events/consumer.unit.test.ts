import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { sortOut, succession } from './consumer.ts';
import type { ParkedRow } from './positions.ts';

/** Only what the order rule looks at matters here. */
const batch = (phoneNumber: string, version: number) =>
  ({ phoneNumber, version }) as unknown as DialogEventBatch;
const record = (phone: string, version: number) => ({
  value: batch(phone, version),
  sequenceNumber: `${phone}${version}`,
  partitionKey: phone,
  body: JSON.stringify({ phoneNumber: phone, version }),
  arrivedAt: new Date(0),
});

describe('The order of event batches', () => {
  it('tells a repetition, the next version and a gap', () => {
    assert.deepEqual(
      [1, 4, 5, 6].map((version) => succession(4, version)),
      ['repeated', 'repeated', 'next', 'gap'],
    );
  });

  it('parks what comes after a gap and lets other phones go on', () => {
    const sorted = sortOut([record('a', 2), record('b', 1), record('a', 3)], new Map(), new Map());
    assert.deepEqual(
      sorted.accepted.map(({ phoneNumber, version }) => [phoneNumber, version]),
      [['b', 1]],
    );
    assert.deepEqual(
      sorted.parked.map(({ version }) => version),
      [2, 3],
    );
  });

  it('applies every version once and in order, for any order of arrival, repetition and division into batches', () => {
    const arrival = fc.integer({ min: 1, max: 8 }).chain((versions) =>
      fc.tuple(
        fc.constant(versions),
        fc.array(fc.integer({ min: 1, max: versions }), { maxLength: 20 }),
        fc.shuffledSubarray(
          Array.from({ length: versions }, (_, i) => i + 1),
          { minLength: versions },
        ),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 30, maxLength: 30 }),
      ),
    );
    fc.assert(
      fc.property(arrival, ([versions, noise, complete, sizes]) => {
        const incoming = [...noise, ...complete];
        const last = new Map<string, number>();
        const parked = new Map<string, ParkedRow>();
        const applied: number[] = [];
        for (let i = 0, turn = 0; i < incoming.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          const sorted = sortOut(
            incoming.slice(i, i + size).map((v) => record('a', v)),
            last,
            parked,
          );
          applied.push(...sorted.accepted.map(({ version }) => version));
          for (const { phoneNumber, version } of sorted.accepted) last.set(phoneNumber, version);
          for (const { record: kept, version } of sorted.parked)
            parked.set(`a ${version}`, { ...kept, version });
          i += size;
        }
        assert.deepEqual(
          applied,
          Array.from({ length: versions }, (_, i) => i + 1),
        );
      }),
    );
  });
});
