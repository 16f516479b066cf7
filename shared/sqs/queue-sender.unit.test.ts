import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CarillonError } from '#shared/errors.ts';
import { silentLogger } from '#shared/logger.ts';
import { ManualClock, settle } from '#test/manual-clock.ts';
import { runs } from '#test/properties/runs.ts';
import type { EntryResult } from './fifo-queue.ts';
import { QueueLanes } from './queue-lanes.ts';
import { type Fault, StandInQueue } from './stand-in-queue.ts';

const entry = (groupId: string, body: string) => ({ groupId, deduplicationId: body, body });

function bench(options: { patienceMs?: number; maxInFlight?: number } = {}) {
  const clock = new ManualClock();
  const queue = new StandInQueue(clock);
  const lanes = new QueueLanes({ queue, name: 'test.fifo', clock, logger: silentLogger, ...options });
  return { clock, queue, lanes };
}

describe('The queue sender', () => {
  it('gathers entries of concurrent callers into batches of ten', async () => {
    const { queue, lanes } = bench();
    await Promise.all(Array.from({ length: 25 }, (_, i) => lanes.put(entry(`g${i}`, `b${i}`))));
    assert.deepEqual(
      queue.sentBatches.map((groups) => groups.length),
      [10, 10, 5],
    );
  });

  it('puts one entry of a group into a batch, and the next after the answer', async () => {
    const { queue, lanes } = bench();
    await Promise.all(['1', '2', '3'].map((body) => lanes.put(entry('a', body))));
    assert.deepEqual(queue.sentBatches, [['a'], ['a'], ['a']]);
    assert.deepEqual(queue.bodies, ['1', '2', '3']);
  });

  it('repeats only the entries that failed', async () => {
    const { clock, queue, lanes } = bench();
    let failed = false;
    queue.fault = (_, index) => {
      if (index !== 1 || failed) return 'none';
      failed = true;
      return 'failed';
    };
    const sending = Promise.all(['a', 'b', 'c'].map((group) => lanes.put(entry(group, group))));
    await settle();
    await clock.advance(100);
    await sending;
    assert.deepEqual(queue.sentBatches, [['a', 'b', 'c'], ['b']]);
  });

  it('gives up after its patience, together with what waits behind in the group', async () => {
    const { clock, queue, lanes } = bench({ patienceMs: 1_000 });
    queue.fault = () => 'failed';
    const results = Promise.allSettled([lanes.put(entry('a', '1')), lanes.put(entry('a', '2'))]);
    await clock.advance(10_000);
    for (const result of await results) {
      assert.ok(result.status === 'rejected' && result.reason instanceof CarillonError);
      assert.equal(result.reason.code, 'unavailable');
    }
    assert.deepEqual(queue.bodies, []);
  });

  it('does not repeat an entry that is at fault itself', async () => {
    const { queue, lanes } = bench();
    const refuse: EntryResult = { ok: false, lasting: true, reason: 'InvalidMessageContents' };
    queue.send = async (entries) => entries.map(() => refuse);
    await assert.rejects(lanes.put(entry('a', '1')), { code: 'invalid_record' });
  });

  it('is drained when everything was answered', async () => {
    const { lanes } = bench();
    const sending = lanes.put(entry('a', '1'));
    await lanes.drained();
    await sending;
  });

  it('for any failures: every entry arrives once, in the order of its group', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(2), { minLength: 1, maxLength: 30 }),
        fc.array(fc.constantFrom<Fault>('none', 'failed', 'answer lost'), { maxLength: 40 }),
        async (groups, faults) => {
          const { clock, queue, lanes } = bench({ patienceMs: 600_000 });
          queue.fault = () => faults.shift() ?? 'none';
          const sending = Promise.all(
            groups.map((group, i) => lanes.put(entry(`g${group}`, `g${group}-${i}`))),
          );
          for (let i = 0; i < 100; i += 1) await clock.advance(2_000);
          await sending;
          for (const group of new Set(groups)) {
            const mine = `g${group}-`;
            assert.deepEqual(
              queue.bodies.filter((body) => body.startsWith(mine)),
              groups.flatMap((each, i) => (each === group ? [`${mine}${i}`] : [])),
            );
          }
        },
      ),
      { numRuns: runs(60) },
    );
  }).timeout(30_000);
});
