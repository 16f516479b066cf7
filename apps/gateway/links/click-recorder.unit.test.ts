import assert from 'node:assert/strict';
import { CarillonError } from '#shared/errors.ts';
import { silentLogger } from '#shared/logger.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { ClickRecorder, MOST_WAITING } from './click-recorder.ts';
import type { Click } from './record-clicks.ts';

const click = (n: number): Click => ({
  clickId: String(n),
  token: 'x',
  clickedAt: new Date(0),
  visitor: 'person',
  rule: null,
});

/** A recorder whose writes wait to be let go. */
function setUp() {
  const clock = new ManualClock(new Date('2026-11-26T12:00:00Z'));
  const written: string[][] = [];
  const gates: { resolve(): void; reject(error: Error): void }[] = [];
  let lost = 0;
  const failures: unknown[] = [];
  const recorder = new ClickRecorder({
    write: (clicks) => {
      written.push(clicks.map(({ clickId }) => clickId));
      return new Promise((resolve, reject) => gates.push({ resolve, reject }));
    },
    clock,
    logger: silentLogger,
    lost: (count) => {
      lost += count;
    },
    onFailure: (error) => failures.push(error),
  });
  const away = () => new CarillonError('unavailable', 'the database is away');
  const next = (): { resolve(): void; reject(error: Error): void } => {
    const gate = gates.shift();
    assert.ok(gate, 'nothing is being written');
    return gate;
  };
  return { recorder, clock, written, next, away, failures, lost: () => lost };
}

/** Lets everything run that only waits for promises. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('The recorder of clicks', () => {
  it('writes one at once, and together what comes meanwhile; each is told when its own is written', async () => {
    const { next, recorder, written } = setUp();
    const told: number[] = [];
    for (const n of [1, 2, 3]) void recorder.record(click(n)).then(() => told.push(n));
    assert.deepEqual(written, [['1']]);
    next().resolve();
    await settle();
    assert.deepEqual([told, written], [[1], [['1'], ['2', '3']]]);
    next().resolve();
    await settle();
    assert.deepEqual(told, [1, 2, 3]);
    void recorder.record(click(4));
    assert.deepEqual(written[2], ['4']);
  });

  it('writes the same clicks again until they are written, and with them what came since', async () => {
    const { away, clock, next, recorder, written } = setUp();
    const recorded = recorder.record(click(1));
    next().reject(away());
    await settle();
    void recorder.record(click(2));
    await clock.advance(1_000);
    await settle();
    assert.deepEqual(written, [['1'], ['1', '2']]);
    next().resolve();
    await recorded;
  });

  it('has no room for more than it can keep while the database is away, and says how many it lost', async () => {
    const { lost, recorder } = setUp();
    for (let n = 0; n < MOST_WAITING; n += 1) void recorder.record(click(n));
    await recorder.record(click(-1));
    assert.equal(lost(), 1);
  });

  it('is stopped when everything is written', async () => {
    const { lost, next, recorder, written } = setUp();
    for (const n of [1, 2]) void recorder.record(click(n));
    const stopped = recorder.stop();
    next().resolve();
    await settle();
    next().resolve();
    await stopped;
    assert.deepEqual([written, lost()], [[['1'], ['2']], 0]);
  });

  it('tries once more when it is stopped while the database is away, and says what is lost then', async () => {
    const { away, lost, next, recorder, written } = setUp();
    for (const n of [1, 2, 3]) void recorder.record(click(n));
    next().reject(away());
    await settle();
    const stopped = recorder.stop();
    await settle();
    next().reject(away());
    await stopped;
    assert.deepEqual([written, lost()], [[['1'], ['1', '2', '3']], 3]);
  });

  it('ends the process for what no other try can mend', async () => {
    const { failures, next, recorder } = setUp();
    void recorder.record(click(1));
    next().reject(new Error('a fault of ours'));
    await settle();
    assert.equal(failures.length, 1);
  });
});
