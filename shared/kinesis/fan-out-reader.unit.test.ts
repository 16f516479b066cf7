import assert from 'node:assert/strict';
import {
  InternalFailureException,
  ResourceInUseException,
  type SubscribeToShardEvent,
  type SubscribeToShardEventStream,
} from '@aws-sdk/client-kinesis';
import fc from 'fast-check';
import { ManualClock, settle } from '#test/manual-clock.ts';
import { runs } from '#test/properties/runs.ts';
import { FanOutReader } from './fan-out-reader.ts';
import type { ShardRead } from './shard-reader.ts';

type Step = Partial<SubscribeToShardEvent> | Error | 'end';

const record = (number: number | string) => ({
  SequenceNumber: String(number),
  PartitionKey: 'k',
  Data: Buffer.from(String(number)),
});
/** An event of a shard that goes on after its last record. */
const event = (...numbers: number[]): Partial<SubscribeToShardEvent> => ({
  Records: numbers.map(record),
  ContinuationSequenceNumber: String(numbers.at(-1) ?? 1),
  MillisBehindLatest: 0,
});

describe('A shard that is read as a registered consumer', () => {
  const never = new AbortController().signal;
  let clock: ManualClock;
  /** What each subscription brings, or the error that the call is refused with; then silence. */
  let script: (Step[] | Error)[];
  let calls: { after: string | null; at: number; signal: AbortSignal }[];

  beforeEach(() => {
    clock = new ManualClock();
    script = [];
    calls = [];
  });

  const reader = (after: string | null = null): FanOutReader =>
    new FanOutReader({
      clock,
      shard: 's',
      after,
      subscribe: async (from, signal) => {
        calls.push({ after: from, at: clock.monotonic(), signal });
        const steps = script.shift() ?? [];
        if (steps instanceof Error) throw steps;
        return events(steps);
      },
    });
  async function* events(steps: Step[]): AsyncGenerator<SubscribeToShardEventStream> {
    for (const step of steps) {
      if (step === 'end') return;
      if (step instanceof Error) throw step;
      yield {
        SubscribeToShardEvent: {
          Records: [],
          ContinuationSequenceNumber: undefined,
          MillisBehindLatest: 0,
          ...step,
        },
      };
    }
    await new Promise(() => undefined);
  }
  /** The read, with as much time as it takes. */
  async function inTime(reading: Promise<ShardRead>): Promise<ShardRead> {
    let settled = false;
    const done = (): void => {
      settled = true;
    };
    reading.then(done, done);
    for (await settle(); !settled; ) await clock.advance(500);
    return reading;
  }
  const inUse = (): Error => new ResourceInUseException({ message: 'in use', $metadata: {} });
  const failure = (): Error => new InternalFailureException({ message: 'failed', $metadata: {} });
  const numbers = ({ records }: ShardRead): string[] => records.map(({ sequenceNumber }) => sequenceNumber);

  it('begins at the oldest record without a checkpoint, else after it', async () => {
    script = [[event(1)], [event(8)]];
    await reader().read(never);
    await reader('7').read(never);
    assert.deepEqual(
      calls.map(({ after }) => after),
      [null, '7'],
    );
  });

  it('goes on after the continuation of the last event, though it brought no records', async () => {
    script = [[event(5), { ContinuationSequenceNumber: '900' }, 'end'], [event(901)]];
    const one = reader();
    await one.read(never);
    await one.read(never);
    await one.read(never);
    assert.deepEqual(numbers(await inTime(one.read(never))), ['901']);
    assert.equal(calls[1]?.after, '900');
  });

  it('calls again five seconds after a call that succeeded: Kinesis would refuse it before', async () => {
    script = [[event(1), 'end'], [event(2)]];
    const one = reader();
    await one.read(never);
    await one.read(never);
    await inTime(one.read(never));
    assert.deepEqual(
      calls.map(({ at }) => at),
      [0, 5_000],
    );
  });

  it('calls once a second while another owner is subscribed, and says so when that lasts', async () => {
    script = Array.from({ length: 8 }, inUse);
    const one = reader();
    for (let i = 0; i < 7; i += 1) assert.deepEqual(numbers(await inTime(one.read(never))), []);
    await assert.rejects(inTime(one.read(never)), { name: 'ResourceInUseException' });
    assert.deepEqual(
      calls.map(({ at }) => at),
      [0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000],
    );
  });

  it('leaves whoever took the subscription over in peace for five seconds', async () => {
    script = [[event(1), event(2), inUse()], [event(3)]];
    const one = reader();
    await one.read(never);
    await clock.advance(60_000);
    await one.read(never);
    await assert.rejects(one.read(never), { name: 'ResourceInUseException' });
    await inTime(one.read(never));
    assert.deepEqual(
      calls.map(({ at }) => at),
      [0, 65_000],
    );
  });

  it('counts silence from the moment it waits: time that a batch took is none', async () => {
    script = [[event(1), event(2)]];
    const one = reader();
    await one.read(never);
    await clock.advance(60_000);
    assert.deepEqual(numbers(await one.read(never)), ['2']);
    const waiting = one.read(never);
    await clock.advance(14_999);
    const rejected = assert.rejects(waiting, { code: 'unavailable', message: /silent for 15000 ms/ });
    await clock.advance(1);
    await rejected;
    assert.equal(calls[0]?.signal.aborted, true);
    assert.equal(clock.sleeping, 0);
  });

  it('gives up a call that is not answered', async () => {
    const one = new FanOutReader({
      clock,
      shard: 's',
      after: null,
      subscribe: () => new Promise(() => undefined),
    });
    const rejected = assert.rejects(one.read(never), { code: 'unavailable' });
    await clock.advance(15_000);
    await rejected;
  });

  it('says so when a subscription ends before it has brought anything', async () => {
    script = [['end']];
    await assert.rejects(reader().read(never), { code: 'unavailable', message: /ended at once/ });
  });

  it('ends its subscription when the read is aborted, and when it is closed', async () => {
    script = [[event(1)], [event(1)]];
    const stop = new AbortController();
    const one = reader();
    await one.read(stop.signal);
    const waiting = assert.rejects(one.read(stop.signal), { name: 'AbortError' });
    stop.abort();
    await waiting;
    assert.equal(calls[0]?.signal.aborted, true);
    const two = reader();
    await two.read(never);
    two.close();
    assert.equal(calls[1]?.signal.aborted, true);
    assert.equal(clock.sleeping, 0);
  });

  it('leaves no subscription behind that was still being made when it was closed', async () => {
    const answered = Promise.withResolvers<AsyncIterable<SubscribeToShardEventStream>>();
    let given: AbortSignal | undefined;
    const one = new FanOutReader({
      clock,
      shard: 's',
      after: null,
      subscribe: (_after, signal) => {
        given = signal;
        return answered.promise;
      },
    });
    const rejected = assert.rejects(one.read(never), { code: 'unavailable', message: /is closed/ });
    one.close();
    answered.resolve(events([event(1)]));
    await rejected;
    assert.equal(given?.aborted, true);
  });

  it('takes a shard for ended only with children and without a continuation', async () => {
    const child = { ShardId: 'c', ParentShards: ['s'], HashKeyRange: undefined };
    script = [[{ Records: [record(1)], ChildShards: [child] }]];
    assert.equal((await reader().read(never)).ended, true);
    script = [[{ ChildShards: [child], ContinuationSequenceNumber: '1' }]];
    await assert.rejects(reader().read(never), { code: 'unavailable' });
    script = [[{ ChildShards: [] }]];
    await assert.rejects(reader().read(never), { code: 'unavailable' });
  });

  it('returns every record once and in order, whatever breaks and however far back a subscription begins', async () => {
    const total = 120;
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            back: fc.nat(9),
            sizes: fc.array(fc.nat(7), { minLength: 1, maxLength: 5 }),
            how: fc.constantFrom('end' as const, 'failure' as const, 'in use' as const),
          }),
        ),
        async (lives) => {
          clock = new ManualClock();
          const left = [...lives];
          const one = new FanOutReader({
            clock,
            shard: 's',
            after: null,
            subscribe: async (after) => {
              const life = left.shift() ?? { back: 0, sizes: [total], how: 'end' as const };
              let next = Math.max(1, Number(after ?? 0) + 1 - life.back);
              const steps: Step[] = life.sizes.map((size) => {
                const sent = Array.from({ length: Math.min(size, total + 1 - next) }, (_, i) => next + i);
                next += sent.length;
                return { ...event(...sent), ContinuationSequenceNumber: String(next - 1) };
              });
              return events([
                ...steps,
                life.how === 'end' ? 'end' : life.how === 'failure' ? failure() : inUse(),
              ]);
            },
          });
          const seen: number[] = [];
          while (seen.length < total) {
            try {
              seen.push(...numbers(await inTime(one.read(never))).map(Number));
            } catch (error) {
              assert.match(String(error), /failed|in use/);
            }
          }
          assert.deepEqual(
            seen,
            Array.from({ length: total }, (_, i) => i + 1),
          );
        },
      ),
      { numRuns: runs(40) },
    );
  });
});
