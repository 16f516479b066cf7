import assert from 'node:assert/strict';
import { CarillonError } from '#shared/errors.ts';
import { settle } from '#test/manual-clock.ts';
import type { StreamRecord } from './definition.ts';
import { type Batch, parseAhead } from './parse-ahead.ts';

const recordsOf = (bodies: readonly string[]): StreamRecord[] =>
  bodies.map((body, index) => ({
    sequenceNumber: String(index),
    partitionKey: '+14155550101',
    body,
    arrivedAt: new Date(0),
  }));
const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n));

describe('Records parsed ahead', () => {
  let asked: string[];
  const definition = {
    parse: (body: string): string => {
      asked.push(body);
      if (body === 'wrong') throw new CarillonError('invalid_record', 'cannot read it');
      if (body === 'bug') throw new TypeError('a mistake of ours');
      return body.toUpperCase();
    },
  };
  beforeEach(() => {
    asked = [];
  });
  const all = async (bodies: readonly string[], size: number): Promise<Batch<string>[]> => {
    const batches: Batch<string>[] = [];
    for await (const batch of parseAhead(definition, recordsOf(bodies), size)) batches.push(batch);
    return batches;
  };

  it('come in batches of the size asked, in their order, each parsed once', async () => {
    const bodies = numbered(1_234);
    const batches = await all(bodies, 500);
    assert.deepEqual(
      batches.map(({ records }) => records.length),
      [500, 500, 234],
    );
    for (const { records, understood } of batches) {
      assert.deepEqual(
        understood.parsed.map(({ body }) => body),
        records.map(({ body }) => body),
      );
    }
    assert.deepEqual(
      batches.flatMap(({ records }) => records.map(({ body }) => body)),
      bodies,
    );
    assert.deepEqual(asked, bodies);
  });

  it('are none of no records', async () => {
    assert.deepEqual(await all([], 500), []);
  });

  it('are parsed while whoever asked for a batch waits: the one after it, and no further', async () => {
    const batches = parseAhead(definition, recordsOf(numbered(400)), 100);
    await batches.next();
    assert.equal(asked.length, 100, 'the batch goes to the database first');
    await settle();
    assert.equal(asked.length, 200);
    await batches.return();
    await settle();
    assert.equal(asked.length, 200);
  });

  it('that cannot be read are told apart, with their reason, wherever they stand', async () => {
    const [first, second] = await all(['wrong', 'b', 'c', 'wrong'], 2);
    for (const [batch, body, place] of [
      [first, 'b', 0],
      [second, 'c', 3],
    ] as const) {
      assert.deepEqual(
        batch?.understood.parsed.map(({ value }) => value),
        [body.toUpperCase()],
      );
      assert.deepEqual(
        batch?.understood.unreadable.map(({ reason, record, state }) => [
          record.sequenceNumber,
          state,
          reason,
        ]),
        [[String(place), 'quarantined', 'cannot read it']],
      );
    }
  });

  it("fail with an error of the program's own only for who asks for that batch", async () => {
    const batches = parseAhead(definition, recordsOf(['a', 'bug']), 1);
    assert.equal((await batches.next()).done, false);
    await settle();
    await assert.rejects(batches.next(), TypeError);
    const unasked = parseAhead(definition, recordsOf(['a', 'bug']), 1);
    await unasked.next();
    await settle();
    await unasked.return();
  });
});
