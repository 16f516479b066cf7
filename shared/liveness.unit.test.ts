import assert from 'node:assert/strict';
import { ManualClock, settle } from '#test/manual-clock.ts';
import { startDueRows } from './due-rows.ts';
import { CarillonError } from './errors.ts';
import { healthServer } from './health.ts';
import { LONGEST_SILENCE_MS, LoopWatch } from './liveness.ts';
import { silentLogger } from './logger.ts';

const IDLE_MS = 2_000;

function dueRows(batch: () => Promise<{ handled: number; nextInMs: number | null }>) {
  const clock = new ManualClock(undefined, () => 0);
  const loops = new LoopWatch(clock);
  const failures: unknown[] = [];
  const loop = startDueRows({
    name: 'held messages',
    batch,
    idleMs: IDLE_MS,
    clock,
    logger: silentLogger,
    liveness: loops,
    onFailure: (error) => failures.push(error),
  });
  return { clock, failures, loop, loops };
}
const nothing = async () => ({ handled: 0, nextInMs: null });
const never = () => new Promise<never>(() => undefined);

describe('A watched loop', () => {
  it('hangs when a turn never ends, and only after its longest silence', async () => {
    const { clock, loops } = dueRows(never);
    await settle();
    await clock.advance(LONGEST_SILENCE_MS + IDLE_MS);
    assert.equal(loops.hanging(), null);
    await clock.advance(1_000);
    assert.equal(loops.hanging(), 'the loop over held messages has not turned for 303 s');
  });

  it('does not hang while the database is away, however long: every turn fails, and the next is tried', async () => {
    const { clock, failures, loop, loops } = dueRows(() => {
      throw new CarillonError('unavailable', 'the database is away');
    });
    for (let minute = 0; minute < 60; minute += 1) {
      await clock.advance(60_000);
      assert.equal(loops.hanging(), null);
    }
    assert.deepEqual(failures, []);
    await loop.stop();
  });

  it('does not hang while it finds nothing, nor when business time jumps', async () => {
    const { clock, loop, loops } = dueRows(nothing);
    await settle();
    await clock.advance(10 * 60_000);
    clock.skip(24 * 3_600_000);
    assert.equal(loops.hanging(), null);
    await loop.stop();
  });

  it('is forgotten when it has ended, well or not', async () => {
    const { clock, loop, loops } = dueRows(nothing);
    await settle();
    await loop.stop();
    await clock.advance(3_600_000);
    assert.equal(loops.hanging(), null);
    const failed = dueRows(() => {
      throw new Error('a fault of ours');
    });
    await settle();
    assert.equal(failed.failures.length, 1);
    await failed.clock.advance(3_600_000);
    assert.equal(failed.loops.hanging(), null);
  });

  it('is not judged while it rests, and is again from the next beat', async () => {
    const clock = new ManualClock();
    const loops = new LoopWatch(clock);
    const loop = loops.watch('a reader', 1_000);
    loop.rest();
    await clock.advance(3_600_000);
    assert.equal(loops.hanging(), null);
    loop.beat();
    await clock.advance(1_001);
    assert.match(loops.hanging() ?? '', /^a reader/);
  });

  it('does not speak for another of the same name', async () => {
    const clock = new ManualClock();
    const loops = new LoopWatch(clock);
    const [first] = [loops.watch('a poll', 1_000), loops.watch('a poll', 1_000)];
    await clock.advance(900);
    first?.beat();
    await clock.advance(200);
    assert.match(loops.hanging() ?? '', /^a poll/);
  });
});

describe('The health of a service', () => {
  async function ask(path: string, hanging: string | null, notReady: string | null) {
    const server = healthServer({ hanging: () => hanging, notReady: () => notReady });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const response = await fetch(`http://127.0.0.1:${address.port}${path}`);
    const text = await response.text();
    await new Promise((resolve) => server.close(resolve));
    return [response.status, text];
  }

  const cases: [string, string, string | null, string | null, number, string][] = [
    ['is well while its loops turn', '/health', null, null, 200, 'ok'],
    ['is well while what it needs is away', '/health', null, 'the database cannot be reached', 200, 'ok'],
    [
      'is not when a loop hangs, and says which',
      '/health',
      'the relay has not turned',
      null,
      503,
      'the relay has not turned',
    ],
    ['is ready when nothing is missing', '/ready', null, null, 200, 'ok'],
    ['is not ready for a reason', '/ready', null, 'draining', 503, 'draining'],
    ['has no other page', '/', null, null, 404, 'not found'],
  ];
  for (const [what, path, hanging, notReady, status, text] of cases) {
    it(`${what}: ${path}`, async () => {
      assert.deepEqual(await ask(path, hanging, notReady), [status, text]);
    });
  }
});
