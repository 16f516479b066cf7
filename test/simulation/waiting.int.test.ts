import assert from 'node:assert/strict';
import type pg from 'pg';
import { Database } from './database.ts';
import { Connections } from './pool.ts';
import { CALM } from './weather.ts';
import { type Running, World } from './world.ts';

const PHONE = '+12125550101';
const OTHER = '+12125550102';
/** As often: who goes on first by chance does so now and then. */
const TIMES = 20;

/** A task that lives as long as the test. */
const TASK: Running = {
  name: 'outbound-0',
  service: 'outbound',
  alive: true,
  deafUntil: 0,
  die: async () => undefined,
  pause: () => undefined,
};

describe('Connections of the simulation', () => {
  let database: Database;
  let world: World;
  let connections: Connections;
  let pool: pg.Pool;
  let heard: string[];

  before(async () => {
    database = await Database.create();
  });
  after(() => database.drop());

  beforeEach(async () => {
    await database.reset();
    world = new World(1, () => ({
      weather: CALM,
      turns: [],
      struck: null,
      oneAtATime: false,
      stoppedMs: { least: 0, most: 0 },
      last: null,
    }));
    connections = new Connections(world, database);
    pool = connections.pool(TASK, 'outbound', 10, false);
    heard = [];
  });
  afterEach(() => connections.abandon(TASK));

  /** Lets everything happen that comes of what was asked, and does not stand in a queue of PostgreSQL. */
  const settle = (ms: number): Promise<void> => world.scheduler.run(() => false, world.now + ms);

  /** A transaction of `name`, in which nothing was done yet. */
  async function transaction(name: string) {
    const client = await pool.connect();
    void client.query('BEGIN');
    return {
      name,
      /** Puts down who was last: waits for whoever has the row. */
      takes: (phone: string): void => {
        client
          .query(
            `INSERT INTO phone AS known (phone_number, last_ordinal) VALUES ($1, 1)
             ON CONFLICT (phone_number) DO UPDATE SET last_ordinal = known.last_ordinal + 1`,
            [phone],
          )
          .then(
            () => heard.push(name),
            (error: Error & { code?: string }) => heard.push(`${name} fails with ${error.code}`),
          );
      },
      ends: (how: 'COMMIT' | 'ROLLBACK' = 'COMMIT'): void => {
        void client.query(how).finally(() => client.release());
      },
    };
  }

  it('go on in the order in which they began to wait for the same row, whoever the processors would let go first', async () => {
    for (let time = 0; time < TIMES; time += 1) {
      heard = [];
      const all = [];
      for (const name of ['holder', 'first', 'second', 'third']) all.push(await transaction(name));
      for (const each of all) {
        each.takes(PHONE);
        await settle(50);
      }
      assert.deepEqual(heard, ['holder']);
      for (const [index, each] of all.entries()) {
        each.ends(index === 1 ? 'ROLLBACK' : 'COMMIT');
        await settle(50);
        assert.deepEqual(heard, ['holder', 'first', 'second', 'third'].slice(0, index + 2));
      }
    }
  });

  it('fail with a deadlock when the last of a circle begins to wait, and it is the last that fails', async () => {
    for (let time = 0; time < TIMES; time += 1) {
      heard = [];
      const [one, two] = [await transaction('one'), await transaction('two')];
      one.takes(PHONE);
      await settle(50);
      two.takes(OTHER);
      await settle(50);
      one.takes(OTHER);
      await settle(50);
      two.takes(PHONE);
      await settle(50);
      // Whoever fails has nothing any more.
      assert.deepEqual(heard, ['one', 'two', 'two fails with 40P01', 'one']);
      two.ends('ROLLBACK');
      one.ends();
      await settle(50);
    }
  });

  it('fail with a time-out when they have waited for too long', async () => {
    const [holder, waiter, next] = [
      await transaction('holder'),
      await transaction('waiter'),
      await transaction('next'),
    ];
    for (const each of [holder, waiter]) {
      each.takes(PHONE);
      await settle(50);
    }
    await settle(3_000);
    next.takes(PHONE);
    await settle(4_000);
    assert.deepEqual(heard, ['holder', 'waiter fails with 57014']);
    waiter.ends('ROLLBACK');
    holder.ends();
    await settle(50);
    assert.deepEqual(heard, ['holder', 'waiter fails with 57014', 'next']);
    next.ends();
    await settle(50);
  });

  it('find what was there from the beginning as it was then, whatever a run has made of it', async () => {
    const read = (): Promise<unknown[]> =>
      database.read('SELECT looked_at::text AS at, bound_at::text AS bound FROM operating_watch');
    const before = await read();
    const campaigns = connections.pool(TASK, 'campaigns', 1, false);
    void campaigns.query(`UPDATE operating_watch SET looked_at = now(), bound_at = now()`);
    await settle(50);
    assert.notDeepEqual(await read(), before);
    await database.reset();
    assert.deepEqual(await read(), before);
  });
});
