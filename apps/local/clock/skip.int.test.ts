import assert from 'node:assert/strict';
import pg from 'pg';
import { type FollowedTime, followBusinessClock } from '#shared/business-clock/follow.ts';
import { LIVE_MS } from '#shared/business-clock/jump.ts';
import { CLOCK_CHANNEL, type KeptClock, readClock, readInstances } from '#shared/business-clock/store.ts';
import { systemClock } from '#shared/clock.ts';
import { silentLogger } from '#shared/logger.ts';
import { applyGrants } from '#shared/postgres/grants.ts';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { localClockTables, type ServiceName, services } from '#shared/topology.ts';
import { eventually } from '#test/eventually.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { type SkipParts, type SkipResult, skip } from './skip.ts';
import type { Target } from './target.ts';

const HOUR = 3_600_000;
const by =
  (ms: number) =>
  (now: number): Target => ({ kind: 'target', at: now + ms });

describe('Skipping time', () => {
  let database: TestDatabase;
  const pools: Pool[] = [];
  const clients: pg.Client[] = [];
  const running: FollowedTime[] = [];
  const failures: unknown[] = [];
  const told: KeptClock[] = [];

  before(async () => {
    database = await createDatabase();
    const rows = Object.entries(services).map(([name, { tables }]) => [
      name,
      { tables: { ...tables, ...localClockTables } },
    ]);
    await applyGrants(database.url, new Map(), Object.fromEntries(rows));
  });
  beforeEach(async () => {
    told.length = 0;
    await database.adminPool.query('DELETE FROM business_clock_instance');
    await database.adminPool.query(
      `UPDATE business_clock SET version = 0, previous_ms = 0, offset_ms = 0, announced_ms = NULL, jumps_at = 'epoch'`,
    );
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((time) => time.stop()));
    await Promise.all(pools.splice(0).map((pool) => pool.end()));
    await Promise.all(clients.splice(0).map((client) => client.end()));
    assert.deepEqual(failures.splice(0), []);
  });
  after(() => database.drop());

  /** A service that follows under its own role; its machine's timers never end, so that only words reach it. */
  async function follow(service: ServiceName, pid = process.pid): Promise<FollowedTime> {
    let time: FollowedTime | undefined;
    const pool = createPool(
      {
        ...database.configFor(service),
        max: 2,
        listen: { channel: CLOCK_CHANNEL, heard: () => time?.look() },
      },
      () => undefined,
    );
    pools.push(pool);
    const timers = new ManualClock();
    time = await followBusinessClock({
      pool,
      instance: `${service}-${pid}-${pools.length}`,
      pid,
      logger: silentLogger,
      onFailure: (error) => failures.push(error),
      machine: {
        ...systemClock(),
        // The wait for a jump ends; the pause between reports does not.
        sleep: (ms, signal) => (ms < 1_000 ? systemClock().sleep(ms, signal) : timers.sleep(ms, signal)),
      },
    });
    running.push(time);
    return time;
  }

  async function skipping(
    target: (now: number) => Target,
    more: Partial<SkipParts> = {},
  ): Promise<SkipResult> {
    const db = new pg.Client(database.url);
    clients.push(db);
    await db.connect();
    const parts: SkipParts = {
      db,
      carrier: { ask: async () => undefined, tell: async (clock) => void told.push(clock) },
      isGone: () => false,
      machine: systemClock(),
      ...more,
    };
    return skip(parts, target);
  }
  const skippedTo = async (result: Promise<SkipResult>): Promise<KeptClock> => {
    const done = await result;
    assert.ok(done.kind === 'skipped' && done.late.length === 0, JSON.stringify(done));
    return done.clock;
  };

  it('brings all instances and the carrier to the same offset, by words alone', async () => {
    const times = await Promise.all([follow('log'), follow('sender'), follow('gateway')]);
    const jumps: string[] = [];
    for (const [index, time] of times.entries()) time.onJump(() => jumps.push(`${index} ${time.offsetMs()}`));
    const clock = await skippedTo(skipping(by(HOUR)));
    assert.deepEqual(
      times.map((time) => time.offsetMs()),
      [HOUR, HOUR, HOUR],
    );
    assert.deepEqual(jumps.sort(), [`0 ${HOUR}`, `1 ${HOUR}`, `2 ${HOUR}`]);
    assert.deepEqual(told, [clock]);
    assert.deepEqual(
      (await readInstances(database.adminPool)).map(({ version }) => version),
      [2, 2, 2],
    );
  });

  it('gives those who were slow to acknowledge it so much more time to hear of the decision', async () => {
    let heardMs = 0;
    const began = Date.now();
    const clock = await skippedTo(
      skipping(by(HOUR), {
        machine: { ...systemClock(), monotonic: () => heardMs },
        carrier: {
          ask: async () => {
            heardMs += 400;
          },
          tell: async () => undefined,
        },
      }),
    );
    assert.ok(clock.jumpsAt >= began + 1_000, `${clock.jumpsAt - began} ms`);
  });

  it('is known to whoever starts later, before anything else', async () => {
    await skippedTo(skipping(by(HOUR)));
    assert.equal((await follow('log')).offsetMs(), HOUR);
  });

  it('happens one skip after another, each on top of the one before', async () => {
    const time = await follow('log');
    const clocks = await Promise.all([1, 2, 3, 4].map(() => skippedTo(skipping(by(HOUR)))));
    assert.deepEqual(clocks.map(({ offsetMs }) => offsetMs / HOUR).sort(), [1, 2, 3, 4]);
    assert.equal(time.offsetMs(), 4 * HOUR);
  });

  it('changes nothing when it is refused', async () => {
    const result = await skipping(() => ({ kind: 'refused', problem: 'no' }));
    assert.deepEqual(result, { kind: 'refused', problem: 'no' });
    assert.equal((await readClock(database.adminPool)).version, 0);
  });

  it('does not wait for an instance that died between the announcement and the jump', async () => {
    const time = await follow('sender');
    // Of another process, which acknowledges nothing: it is about to die.
    await database.adminPool.query(`INSERT INTO business_clock_instance VALUES ('log-7', 7, 0)`);
    let died = false;
    const clock = await skippedTo(
      skipping(by(HOUR), {
        isGone: (pid) => pid === 7 && died,
        onStep: (step) => {
          assert.equal(step === 'decided', died);
          setImmediate(() => {
            died = true;
          });
        },
      }),
    );
    assert.equal(clock.offsetMs, HOUR);
    assert.equal(time.offsetMs(), HOUR);
    assert.equal((await follow('log')).offsetMs(), HOUR);
  });

  it('does not wait for an instance that is silent', async () => {
    await database.adminPool.query(
      `INSERT INTO business_clock_instance VALUES ('log-7', 7, 0, clock_timestamp() - $1 * interval '1 millisecond')`,
      [LIVE_MS],
    );
    await skippedTo(skipping(by(HOUR)));
  });

  it('waits for an instance that has not acknowledged, and jumps nowhere before', async () => {
    const time = await follow('sender');
    await database.adminPool.query(`INSERT INTO business_clock_instance VALUES ('log-7', 7, 0)`);
    const steps: string[] = [];
    const done = skipping(by(HOUR), { onStep: (step) => steps.push(step) });
    await eventually(async () => {
      const [, sender] = await readInstances(database.adminPool);
      assert.equal(sender?.version, 1);
    });
    assert.deepEqual([steps, time.offsetMs()], [['announced'], 0]);
    await database.adminPool.query(`UPDATE business_clock_instance SET version = 9 WHERE instance = 'log-7'`);
    assert.equal((await skippedTo(done)).offsetMs, HOUR);
  });

  it('waits for a carrier that is on its way back', async () => {
    let asked = 0;
    const carrier = {
      ask: async () => {
        asked += 1;
        if (asked < 3) throw new Error('away');
      },
      tell: async (clock: KeptClock) => void told.push(clock),
    };
    await skippedTo(skipping(by(HOUR), { carrier }));
    assert.equal(told.length, 1);
  });

  it('comes to nothing with its supervisor before it is decided, and the next skip is a skip of its own', async () => {
    await follow('log');
    await database.adminPool.query('UPDATE business_clock SET version = 1, announced_ms = 5');
    assert.equal((await skippedTo(skipping(by(HOUR)))).offsetMs, HOUR);
  });

  it('is out of reach of services: they read the clock and report themselves, no more', async () => {
    const pool = createPool({ ...database.configFor('sender'), max: 1 }, () => undefined);
    pools.push(pool);
    await readClock(pool);
    for (const statement of [
      'UPDATE business_clock SET offset_ms = 5',
      'UPDATE business_clock SET announced_ms = 5',
      'DELETE FROM business_clock',
      'INSERT INTO business_clock (one) VALUES (true)',
      'DELETE FROM business_clock_instance',
    ]) {
      await assert.rejects(pool.query(statement), /permission denied/);
    }
  });
});
