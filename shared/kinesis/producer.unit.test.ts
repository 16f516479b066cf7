import assert from 'node:assert/strict';
import type { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import fc from 'fast-check';
import { silentLogger } from '#shared/logger.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { runs } from '#test/properties/runs.ts';
import { createStreamProducer } from './producer.ts';

type Verdict = 'accept' | 'refuse' | 'fail request';

/** A stream that accepts, refuses single records, or fails whole requests, as told, and keeps what it accepted. */
class ScriptedStream {
  readonly accepted: { key: string; body: string }[] = [];
  readonly requests: string[][] = [];
  readonly #verdict: () => Verdict;

  constructor(verdict: () => Verdict) {
    this.#verdict = verdict;
  }

  client(): KinesisClient {
    const send = async (command: PutRecordsCommand) => {
      await new Promise((resolve) => setImmediate(resolve));
      const records = command.input.Records ?? [];
      this.requests.push(records.map(({ PartitionKey }) => PartitionKey ?? ''));
      if (this.#verdict() === 'fail request') throw new Error('socket hang up');
      return {
        Records: records.map(({ PartitionKey, Data }) => {
          if (this.#verdict() !== 'accept') return { ErrorCode: 'ProvisionedThroughputExceededException' };
          this.accepted.push({ key: PartitionKey ?? '', body: new TextDecoder().decode(Data) });
          return { SequenceNumber: String(this.accepted.length), ShardId: 'shardId-000000000000' };
        }),
      };
    };
    return { send } as unknown as KinesisClient;
  }
}

function producerFor(stream: ScriptedStream, clock: ManualClock, patienceMs = 1_000_000) {
  return createStreamProducer({
    kinesis: stream.client(),
    nameOf: (name) => name,
    clock,
    logger: silentLogger,
    patienceMs,
  });
}

async function until(clock: ManualClock, done: Promise<unknown>): Promise<void> {
  let pending = true;
  const mark = (): void => {
    pending = false;
  };
  done.then(mark, mark);
  for (let steps = 0; pending && steps < 10_000; steps += 1) await clock.advance(50);
  assert.equal(pending, false, 'the producer did not come to an end');
}

describe('The stream producer', () => {
  it('keeps the order of every key and loses nothing, whatever fails', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 40 }),
        fc.infiniteStream(fc.constantFrom<Verdict>('accept', 'accept', 'accept', 'refuse', 'fail request')),
        async (keys, verdicts) => {
          const stream = new ScriptedStream(() => verdicts.next().value);
          const clock = new ManualClock();
          const producer = producerFor(stream, clock);
          await until(
            clock,
            Promise.all(keys.map((key, index) => producer.put('message-log', key, String(index)))),
          );
          for (const key of new Set(keys)) {
            const sent = keys.flatMap((other, index) => (other === key ? [String(index)] : []));
            const accepted = stream.accepted.filter((record) => record.key === key).map(({ body }) => body);
            assert.deepEqual(accepted, sent);
          }
        },
      ),
      { numRuns: runs(60) },
    );
  });

  it('never has two records of one key in one request', async () => {
    const stream = new ScriptedStream(() => 'accept');
    const clock = new ManualClock();
    const producer = producerFor(stream, clock);
    const keys = Array.from({ length: 200 }, (_, index) => `key-${index % 7}`);
    await until(
      clock,
      Promise.all(keys.map((key, index) => producer.put('message-log', key, String(index)))),
    );
    for (const request of stream.requests) assert.equal(new Set(request).size, request.length);
  });

  it('shares requests between keys that come together', async () => {
    const stream = new ScriptedStream(() => 'accept');
    const clock = new ManualClock();
    const producer = producerFor(stream, clock);
    const puts = Array.from({ length: 1_200 }, (_, index) =>
      producer.put('message-log', `key-${index}`, 'x'),
    );
    await until(clock, Promise.all(puts));
    assert.deepEqual(
      stream.requests.map((request) => request.length).sort((a, b) => b - a),
      [500, 500, 200],
    );
  });

  it('rejects a record that stays refused, and all that waits behind it, so that nothing overtakes', async () => {
    const stream = new ScriptedStream(() => 'refuse');
    const clock = new ManualClock();
    const producer = producerFor(stream, clock, 3_000);
    const results = Promise.allSettled(['1', '2', '3'].map((body) => producer.put('message-log', 'a', body)));
    await until(clock, results);
    for (const result of await results) {
      assert.equal(result.status, 'rejected');
      assert.match(
        String(result.status === 'rejected' && result.reason),
        /did not accept a record: Provisioned/,
      );
    }
    assert.deepEqual(stream.accepted, []);
  });

  it('repeats only what failed', async () => {
    let calls = 0;
    // The first verdict is the request's, then one per record: the second record of the first request is refused.
    const stream = new ScriptedStream(() => {
      calls += 1;
      return calls === 3 ? 'refuse' : 'accept';
    });
    const clock = new ManualClock();
    const producer = producerFor(stream, clock);
    await until(clock, Promise.all(['a', 'b', 'c'].map((key) => producer.put('message-log', key, key))));
    assert.deepEqual(stream.requests, [['a', 'b', 'c'], ['b']]);
  });

  it('ends what is in flight before it is closed, and refuses more', async () => {
    const stream = new ScriptedStream(() => 'accept');
    const clock = new ManualClock();
    const producer = producerFor(stream, clock);
    const put = producer.put('message-log', 'a', '1');
    await until(clock, producer.close());
    await put;
    assert.equal(stream.accepted.length, 1);
    await assert.rejects(producer.put('message-log', 'a', '2'), /closed/);
  });
});
