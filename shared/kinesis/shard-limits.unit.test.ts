import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readShareOf, type StreamRow, streamConsumers, streams } from '#shared/topology.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { ReadBudget } from './shard-limits.ts';

describe('Those who poll a stream', () => {
  it('together have what its shards give; the one that somebody waits for has the largest part', () => {
    for (const [stream, { prompt }] of Object.entries<StreamRow>(streams)) {
      const consumers = streamConsumers.filter((row) => row.stream === stream);
      const shares = consumers.map((row) => readShareOf(row.stream, row.consumer));
      assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-9, stream);
      if (prompt === undefined) continue;
      const place = consumers.findIndex(({ consumer }) => consumer === prompt);
      assert.equal(shares[place], Math.max(...shares), `${prompt} of ${stream}`);
    }
  });
});

describe('The read budget of a shard', () => {
  it('never lets its consumers together read more than five times in any second, nor 2 MiB on average', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.record({ pause: fc.nat(700), bytes: fc.nat(3_000_000) }), {
          minLength: 5,
          maxLength: 60,
        }),
        async (consumers, reads) => {
          const clock = new ManualClock();
          const budget = new ReadBudget(clock, 1 / consumers);
          const at: number[] = [];
          let bytes = 0;
          for (const read of reads) {
            await clock.advance(Math.max(read.pause, budget.wait()));
            budget.spendRead();
            at.push(clock.monotonic());
            budget.spendBytes(read.bytes);
            bytes += read.bytes;
          }
          for (const from of at) {
            const inOneSecond = at.filter((time) => time >= from && time < from + 1_000).length;
            assert.ok(
              inOneSecond * consumers <= 5 + consumers - 1 && inOneSecond <= Math.ceil(5 / consumers),
            );
          }
          const elapsed = clock.monotonic() + budget.wait();
          assert.ok((bytes * consumers) / Math.max(elapsed, 1) <= (2 * 1024 * 1024) / 1_000 + 1);
        },
      ),
    );
  });

  it('allows a read at once after a pause', async () => {
    const clock = new ManualClock();
    const budget = new ReadBudget(clock, 1 / 2);
    budget.spendRead();
    assert.equal(budget.wait(), 400);
    await clock.advance(400);
    assert.equal(budget.wait(), 0);
  });
});
