import assert from 'node:assert/strict';
import fc from 'fast-check';
import { silentLogger } from '#shared/logger.ts';
import { ManualClock, settle } from '#test/manual-clock.ts';
import { runs } from '#test/properties/runs.ts';
import { createLaneConsumer, type LaneConsumer, type LaneRun } from './lane-consumer.ts';
import { type Call, type Fault, StandInQueue } from './stand-in-queue.ts';

/** A run that the test ends when it likes. */
interface OpenRun {
  group: string;
  bodies: string[];
  end(done: boolean): void;
}

class Bench {
  readonly clock = new ManualClock();
  readonly queue = new StandInQueue(this.clock);
  readonly open: OpenRun[] = [];
  /** Bodies in the order in which they were handed to a handler, repetitions included. */
  readonly handled: string[] = [];
  readonly failures: unknown[] = [];
  readonly consumers: LaneConsumer[] = [];
  overlapping = false;
  failedRuns = 0;
  #sent = 0;

  consumer(options: { gatherMs?: number; maxInHand?: number; polls?: number } = {}): LaneConsumer {
    const consumer = createLaneConsumer({
      queue: this.queue,
      name: 'test.fifo',
      visibilitySeconds: 30,
      handle: (run) => this.#handle(run),
      clock: this.clock,
      logger: silentLogger,
      onFailure: (error) => this.failures.push(error),
      onRunFailed: () => {
        this.failedRuns += 1;
      },
      polls: 2,
      ...options,
    });
    this.consumers.push(consumer);
    return consumer;
  }

  async send(group: string, ...bodies: string[]): Promise<void> {
    for (const body of bodies) {
      this.#sent += 1;
      await this.queue.send([{ groupId: group, deduplicationId: String(this.#sent), body }]);
    }
    await settle();
  }

  /** Ends the oldest open run of a group (of any group). */
  async end(done: boolean, group?: string): Promise<void> {
    const run = this.open.find((each) => group === undefined || each.group === group);
    if (!run) return;
    this.open.splice(this.open.indexOf(run), 1);
    run.end(done);
    await settle();
  }

  #handle(run: LaneRun): Promise<void> {
    if (this.open.some(({ group }) => group === run.groupId)) this.overlapping = true;
    const bodies = run.messages.map(({ body }) => body);
    this.handled.push(...bodies);
    return new Promise((resolve, reject) => {
      this.open.push({
        group: run.groupId,
        bodies,
        end: (done) => (done ? resolve() : reject(new Error('the handler failed'))),
      });
    });
  }

  get runs(): string[][] {
    return this.open.map(({ bodies }) => bodies);
  }
}

/** Counts listeners on signals, from now on; `most`: of the one that has most. */
function listenersOnSignals(): { most(): number; restore(): void } {
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const counts = new Map<EventTarget, number>();
  const count = (target: EventTarget, by: number): void => {
    if (target instanceof AbortSignal) counts.set(target, (counts.get(target) ?? 0) + by);
  };
  EventTarget.prototype.addEventListener = function (...args) {
    count(this, 1);
    addEventListener.apply(this, args);
  };
  EventTarget.prototype.removeEventListener = function (...args) {
    count(this, -1);
    removeEventListener.apply(this, args);
  };
  return {
    most: () => Math.max(0, ...counts.values()),
    restore: () => void Object.assign(EventTarget.prototype, { addEventListener, removeEventListener }),
  };
}

describe('The group-lane consumer', () => {
  it('hands all that waits in a group over as one run, in order, and groups side by side', async () => {
    const bench = new Bench();
    await bench.send('a', 'a1', 'a2', 'a3');
    await bench.send('b', 'b1');
    bench.consumer();
    await settle();
    assert.deepEqual(bench.runs, [['a1', 'a2', 'a3'], ['b1']]);
  });

  it('deletes the entries of a run that is done, and receives what came behind them', async () => {
    const bench = new Bench();
    bench.consumer();
    await bench.send('a', 'a1');
    await bench.send('a', 'a2');
    assert.deepEqual(bench.runs, [['a1']]);
    await bench.end(true);
    assert.deepEqual(bench.queue.bodies, ['a2']);
    assert.deepEqual(bench.runs, [['a2']]);
  });

  it('gives back a failed run and all behind it, and gets them again in order', async () => {
    const bench = new Bench();
    bench.consumer();
    await bench.send('a', 'a1');
    await bench.send('a', 'a2', 'a3');
    await bench.end(false);
    assert.equal(bench.failedRuns, 1);
    assert.deepEqual(bench.runs, [], 'not at once: a handler that always fails must not spin');
    await bench.clock.advance(1_000);
    assert.deepEqual(bench.runs, [['a1', 'a2', 'a3']]);
    assert.equal(bench.queue.receivesOf('a1'), 2);
  });

  it('releases a lane from its last entry to its first, each after the answer about the one behind', async () => {
    const bench = new Bench();
    await bench.send('a', 'a1', 'a2', 'a3');
    bench.consumer({ polls: 1 });
    await settle();
    let failed = false;
    bench.queue.fault = (call, index) => {
      if (call !== 'release' || index < 0 || failed) return 'none';
      failed = true;
      return 'failed';
    };
    await bench.end(false);
    await bench.clock.advance(760);
    assert.equal(failed, true);
    assert.deepEqual(bench.queue.released, []);
    assert.equal(bench.queue.inFlight, 3, 'the last one failed, so the first two still wait for their turn');
    await bench.clock.advance(1_000);
    assert.deepEqual(bench.queue.released, ['a3', 'a2', 'a1']);
    assert.deepEqual(bench.runs, [['a1', 'a2', 'a3']]);
  });

  it('keeps a run that lasts for hours in hand', async () => {
    const bench = new Bench();
    bench.consumer();
    await bench.send('a', 'a1');
    await bench.clock.advance(2 * 3_600_000);
    assert.deepEqual(bench.handled, ['a1']);
    assert.equal(bench.queue.receivesOf('a1'), 1);
    await bench.end(true);
    assert.deepEqual(bench.queue.bodies, []);
  });

  it('survives heartbeats that fail for a while, as long as one gets through in time', async () => {
    const bench = new Bench();
    bench.consumer();
    await bench.send('a', 'a1');
    let failing = 4;
    bench.queue.fault = (call, index) =>
      call === 'extend' && index < 0 && failing-- > 0 ? 'failed' : 'none';
    await bench.clock.advance(60_000);
    assert.ok(failing < 0, 'extensions did fail');
    assert.equal(bench.queue.receivesOf('a1'), 1);
  });

  it('drops an entry whose visibility ended, without deleting what another may have', async () => {
    const bench = new Bench();
    const consumer = bench.consumer();
    await bench.send('a', 'a1');
    bench.queue.fault = (call) => (call === 'extend' || call === 'receive' ? 'failed' : 'none');
    await bench.clock.advance(45_000);
    assert.equal(consumer.inHand(), 0);
    await bench.end(true);
    assert.deepEqual(bench.queue.bodies, ['a1']);
  });

  it('gives back with a failed run what came again behind it', async () => {
    const bench = new Bench();
    const consumer = bench.consumer();
    await bench.send('a', 'a1');
    bench.queue.fault = (call) => (call === 'extend' ? 'failed' : 'none');
    await bench.clock.advance(45_000);
    assert.ok(bench.queue.receivesOf('a1') > 1, 'it came again');
    assert.deepEqual(bench.runs, [['a1']], 'and waits, while its first run still lasts');
    assert.equal(consumer.inHand(), 1);
    bench.queue.fault = () => 'none';
    await bench.send('a', 'a2');
    await bench.end(false);
    await bench.clock.advance(20_000);
    assert.deepEqual(bench.runs, [['a1', 'a2']]);
    await bench.end(true);
    assert.equal(consumer.inHand(), 0);
    assert.deepEqual(bench.queue.bodies, []);
  });

  it('repeats only the deletions that failed', async () => {
    const bench = new Bench();
    await bench.send('a', 'a1', 'a2', 'a3');
    bench.consumer();
    await settle();
    const asked: number[] = [];
    bench.queue.fault = (call, index) => {
      if (call !== 'delete' || index < 0) return 'none';
      asked.push(index);
      return asked.length === 2 ? 'failed' : 'none';
    };
    await bench.end(true);
    await bench.clock.advance(200);
    assert.deepEqual(asked, [0, 1, 2, 0]);
    assert.deepEqual(bench.queue.bodies, []);
  });

  it('stops polling while as much is in hand as it may hold', async () => {
    const bench = new Bench();
    const consumer = bench.consumer({ maxInHand: 20, polls: 4 });
    for (let i = 0; i < 100; i += 1) await bench.send(`group${i}`, `body${i}`);
    await bench.clock.advance(25_000);
    assert.equal(consumer.inHand(), 20);
    while (bench.handled.length < 100) {
      await bench.end(true);
      assert.ok(consumer.inHand() <= 20);
    }
  });

  it('waits for room for a full receive where its hands hold many', async () => {
    const bench = new Bench();
    const asked: number[] = [];
    const receive = bench.queue.receive.bind(bench.queue);
    bench.queue.receive = (options) => {
      asked.push(options.max);
      return receive(options);
    };
    const consumer = bench.consumer({ maxInHand: 200 });
    for (let i = 0; i < 230; i += 1) await bench.send(`group${i}`, `body${i}`);
    assert.equal(consumer.inHand(), 191, 'less room than a full receive needs');
    const before = asked.length;
    await bench.end(true);
    assert.deepEqual(asked.slice(before), [10]);
    assert.equal(consumer.inHand(), 200);
    for (let i = 0; i < 9; i += 1) await bench.end(true);
    assert.deepEqual(asked.slice(before), [10]);
    await bench.end(true);
    assert.deepEqual(asked.slice(before), [10, 10]);
  });

  it('deletes with one call what is done with within a moment, and full calls at once', async () => {
    const bench = new Bench();
    const deleted: number[] = [];
    const remove = bench.queue.delete.bind(bench.queue);
    bench.queue.delete = (receipts) => {
      deleted.push(receipts.length);
      return remove(receipts);
    };
    bench.consumer({ gatherMs: 10 });
    for (let i = 0; i < 16; i += 1) await bench.send(`group${i}`, `body${i}`);
    for (let i = 0; i < 3; i += 1) await bench.end(true);
    assert.deepEqual(deleted, []);
    await bench.clock.advance(10);
    assert.deepEqual(deleted, [3]);
    for (let i = 0; i < 13; i += 1) await bench.end(true);
    assert.deepEqual(deleted, [3, 10]);
    await bench.clock.advance(10);
    assert.deepEqual(deleted, [3, 10, 3]);
    assert.deepEqual(bench.queue.bodies, []);
  });

  it('stops when its runs have ended, and gives back what waits at once', async () => {
    const bench = new Bench();
    const consumer = bench.consumer();
    await bench.send('a', 'a1');
    await bench.send('b', 'b1');
    let stopped = false;
    const stop = consumer.stop(8_000).then(() => {
      stopped = true;
    });
    await bench.end(true, 'a');
    assert.equal(stopped, false);
    await bench.end(false, 'b');
    await stop;
    assert.equal(consumer.inHand(), 0);
    assert.deepEqual(bench.queue.bodies, ['b1']);
    assert.equal(bench.queue.inFlight, 0, 'the next task need not wait for it');
  });

  it('repeats a deletion whose answer was lost before a stop ends', async () => {
    const bench = new Bench();
    const consumer = bench.consumer();
    await bench.send('a', 'a1');
    const asked: number[] = [];
    bench.queue.fault = (call, index) => {
      if (call !== 'delete' || index >= 0) return 'none';
      asked.push(bench.clock.monotonic());
      return asked.length === 1 ? 'answer lost' : 'none';
    };
    await bench.end(true);
    assert.deepEqual(bench.queue.bodies, []);
    let stopped = false;
    const stop = consumer.stop(8_000).then(() => {
      stopped = true;
    });
    await settle();
    assert.equal(stopped, false, 'it cannot know that the entry is gone');
    assert.equal(consumer.inHand(), 1);
    await bench.clock.advance(100);
    await stop;
    assert.deepEqual(asked, [0, 75]);
    assert.equal(consumer.inHand(), 0);
  });

  it('keeps hold of a group that comes again before the last answer about giving it back', async () => {
    const bench = new Bench();
    const consumer = bench.consumer({ polls: 1 });
    await bench.queue.send([
      { groupId: 'a', deduplicationId: '1', body: 'a1' },
      { groupId: 'a', deduplicationId: '2', body: 'a2' },
    ]);
    await settle();
    let whole = true;
    const releases: Fault[] = [];
    bench.queue.fault = (call, index) => {
      // Both run out at first; later only the one in front does, and what waits behind it is given back.
      if (call === 'extend' && index === (whole ? -1 : 0)) return 'failed';
      return call === 'release' && index < 0 ? (releases.shift() ?? 'none') : 'none';
    };
    await bench.clock.advance(35_000);
    assert.deepEqual(bench.runs, [['a1', 'a2']]);
    assert.equal(consumer.inHand(), 2, 'both came again and wait behind their first run');
    whole = false;
    releases.push('failed', 'answer lost');
    await bench.clock.advance(25_000);
    assert.deepEqual(releases, ['answer lost']);
    await bench.end(true);
    assert.deepEqual(bench.runs, []);
    await bench.clock.advance(100);
    assert.deepEqual(releases, []);
    assert.deepEqual(bench.runs, [['a1', 'a2']], 'they run again while the release is still to be repeated');
    await bench.clock.advance(1_000);
    let stopped = false;
    const stop = consumer.stop(8_000).then(() => {
      stopped = true;
    });
    await settle();
    assert.equal(stopped, false, 'a stop waits for the run');
    await bench.end(true);
    await stop;
    assert.deepEqual(bench.queue.bodies, []);
    assert.equal(consumer.inHand(), 0);
  });

  it('gives back runs that do not end by the deadline of a stop', async () => {
    const bench = new Bench();
    const consumer = bench.consumer();
    await bench.send('a', 'a1', 'a2');
    const stop = consumer.stop(8_000);
    await bench.clock.advance(7_999);
    assert.equal(consumer.inHand(), 1, 'a1 runs; a2 is not given out while it does');
    await bench.clock.advance(2);
    await stop;
    assert.equal(bench.queue.inFlight, 0);
    assert.deepEqual(bench.queue.bodies, ['a1', 'a2']);
  });

  it('holds nothing of runs that have ended', async () => {
    const bench = new Bench();
    const heard = listenersOnSignals();
    try {
      const consumer = bench.consumer();
      await settle();
      const before = heard.most();
      for (let n = 0; n < 20; n += 1) {
        await bench.send(`group ${n}`, 'a1');
        await bench.end(true);
      }
      assert.equal(heard.most(), before);
      await consumer.stop(1_000);
    } finally {
      heard.restore();
    }
  });

  it('goes on after the queue could not be reached', async () => {
    const bench = new Bench();
    bench.queue.fault = (call) => (call === 'receive' ? 'failed' : 'none');
    bench.consumer();
    await bench.send('a', 'a1');
    await bench.clock.advance(10_000);
    assert.deepEqual(bench.runs, []);
    bench.queue.fault = () => 'none';
    await bench.clock.advance(6_000);
    assert.deepEqual(bench.runs, [['a1']]);
    assert.deepEqual(bench.failures, []);
  });
});

type Step =
  | { do: 'send'; group: number }
  | { do: 'end'; done: boolean }
  | { do: 'advance'; ms: number }
  | { do: 'fault'; call: Call; index: number; fault: Fault }
  | { do: 'outage'; call: Call; ms: number };

const step = (calls: readonly Call[], longest: number): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('send' as const), group: fc.nat(2) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('end' as const), done: fc.boolean() }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: longest }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('fault' as const),
        call: fc.constantFrom(...calls),
        index: fc.integer({ min: -1, max: 2 }),
        fault: fc.constantFrom<Fault>('failed', 'answer lost'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('outage' as const),
        call: fc.constantFrom(...calls),
        ms: fc.integer({ min: 1_000, max: 4 * longest }),
      }),
    },
  );

/** Ends open runs and lets time pass until something holds, for 1,000 s of the clock at most; whether it then holds. */
async function holdsInTime(bench: Bench, holds: () => boolean): Promise<boolean> {
  for (let round = 0; !holds() && round < 200; round += 1) {
    while (bench.open.length > 0) await bench.end(true);
    await bench.clock.advance(5_000);
  }
  return holds();
}

/** Stops all consumers while time goes on: what they still repeat waits for the clock, also when the queue is empty. */
async function stopAll(bench: Bench): Promise<void> {
  let stopped = 0;
  for (const consumer of bench.consumers) {
    void consumer.stop(1_000).then(() => {
      stopped += 1;
    });
  }
  assert.ok(await holdsInTime(bench, () => stopped === bench.consumers.length), 'every stop ends');
  for (const consumer of bench.consumers) assert.equal(consumer.inHand(), 0);
}

/** Plays a script, then ends all faults and runs until the queue is empty; checks what must hold of any script. */
async function play(script: readonly Step[], consumers: number): Promise<void> {
  const bench = new Bench();
  const pending: { call: Call; index: number; fault: Fault }[] = [];
  const awayUntil = new Map<Call, number>();
  bench.queue.fault = (call, index) => {
    if ((awayUntil.get(call) ?? 0) > bench.clock.monotonic()) return 'failed';
    const at = pending.findIndex((each) => each.call === call && each.index === index);
    return at < 0 ? 'none' : (pending.splice(at, 1)[0]?.fault ?? 'none');
  };
  for (let i = 0; i < consumers; i += 1) bench.consumer();
  const sent = new Map<string, string[]>();
  for (const [position, each] of script.entries()) {
    if (each.do === 'send') {
      const group = `g${each.group}`;
      const bodies = sent.get(group) ?? [];
      sent.set(group, bodies);
      bodies.push(`${group}-${position}`);
      await bench.send(group, `${group}-${position}`);
    } else if (each.do === 'end') await bench.end(each.done);
    else if (each.do === 'advance') await bench.clock.advance(each.ms);
    else if (each.do === 'outage') awayUntil.set(each.call, bench.clock.monotonic() + each.ms);
    else pending.push(each);
  }
  pending.length = 0;
  awayUntil.clear();
  await holdsInTime(bench, () => bench.queue.bodies.length === 0);
  assert.deepEqual(bench.queue.bodies, [], 'everything is handled in the end');
  for (const [group, bodies] of sent) {
    const first = [...new Set(bench.handled.filter((body) => body.startsWith(`${group}-`)))];
    assert.deepEqual(first, bodies, 'first handled in the order of arrival');
  }
  assert.equal(bench.overlapping, false, 'never two runs of a group at once');
  assert.deepEqual(bench.failures, []);
  await stopAll(bench);
}

describe('For any script of arrivals, failures and expiries', () => {
  it('the consumer keeps the order of first handling per group, loses nothing and runs a group once at a time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step(['receive', 'delete', 'extend', 'release'], 40_000), { maxLength: 40 }),
        (script) => play(script, 1),
      ),
      { numRuns: runs(300) },
    );
  }).timeout(60_000);

  it('two consumers of one queue share it under the same rules, as long as heartbeats get through', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(['receive', 'delete', 'release'], 8_000), { maxLength: 40 }), (script) =>
        play(script, 2),
      ),
      { numRuns: runs(100) },
    );
  }).timeout(60_000);
});
