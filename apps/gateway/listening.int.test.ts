import assert from 'node:assert/strict';
import type { Carrier, InboundListing } from '#shared/carriers/carrier.ts';
import { CarillonError } from '#shared/errors.ts';
import { eventually } from '#test/eventually.ts';
import { ManualClock, settle } from '#test/manual-clock.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { type Listening, startListening } from './listening.ts';
import { startTestGateway, type TestGateway } from './test-gateway.ts';

describe('a gateway that listens', () => {
  let database: TestDatabase;
  let gateway: TestGateway;
  let clock: ManualClock;
  let sweeps: number;
  let listed: () => InboundListing[];
  let carrier: Carrier;
  let streams: { away: boolean; hang: boolean };
  let listening: Listening | undefined;

  before(async () => {
    database = await createDatabase();
  });
  after(async () => {
    await database.drop();
  });
  beforeEach(async () => {
    await emptyTables(database.adminPool, 'inbound_watch');
    clock = new ManualClock();
    gateway = await startTestGateway(database, { clock });
    sweeps = 0;
    listed = () => [];
    streams = { away: false, hang: false };
    carrier = {
      ...gateway.carrier,
      async *listInbound() {
        sweeps += 1;
        yield listed();
      },
    };
  });
  afterEach(async () => {
    await listening?.stop();
    listening = undefined;
    await gateway.stop();
  });

  const start = async (): Promise<Listening> => {
    listening = await startListening(
      carrier,
      {
        aliveMs: 5_000,
        outageMs: 30_000,
        missed: gateway.missed,
        sweepEveryMs: 180_000,
        probeStreams: async () => {
          if (streams.hang) await new Promise(() => undefined);
          if (streams.away) throw new Error('no route');
        },
      },
      gateway.deps,
    );
    return listening;
  };
  const watch = async (): Promise<{ alive: boolean; outage: boolean }> => {
    const { rows } = await database.adminPool.query<{ alive: boolean; outage: boolean }>(
      `SELECT alive_at > clock_timestamp() - interval '10 seconds' AS alive, outage_since IS NOT NULL AS outage
         FROM inbound_watch`,
    );
    return rows[0] ?? { alive: false, outage: false };
  };
  const age = (): Promise<unknown> =>
    database.adminPool.query(
      `UPDATE inbound_watch SET alive_at = alive_at - interval '1 minute', swept_at = swept_at - interval '1 minute'`,
    );
  /** Both loops sleep: nothing is going on. A sweep sleeps too, to renew its claim, but not before and after it. */
  const resting = (): Promise<void> =>
    eventually(async () => {
      assert.equal(clock.sleeping, 2);
      const { rowCount } = await database.adminPool.query(
        'SELECT FROM inbound_watch WHERE sweep_claim IS NOT NULL',
      );
      assert.equal(rowCount, 0);
      // The row is free a moment before the task that freed it hears of that, and ends its renewals.
      await settle();
      assert.equal(clock.sleeping, 2);
    });

  it('sweeps at its start, and not again before it is due', async () => {
    await start();
    await resting();
    assert.equal(sweeps, 1);
    await clock.advance(5_000);
    await resting();
    assert.equal(sweeps, 1);
  });

  it('notes that it listens, again and again', async () => {
    await start();
    await resting();
    await database.adminPool.query("UPDATE inbound_watch SET alive_at = alive_at - interval '20 seconds'");
    assert.equal((await watch()).alive, false);
    await clock.advance(5_000);
    await resting();
    assert.deepEqual(await watch(), { alive: true, outage: false });
  });

  it('ends an outage that it finds at its start with a sweep', async () => {
    await start();
    await resting();
    await listening?.stop();
    await age();
    const before = sweeps;
    await start();
    await resting();
    assert.equal(sweeps, before + 1);
    assert.deepEqual(await watch(), { alive: true, outage: false });
  });

  it('keeps an outage, and tries again, while the sweep cannot be done', async () => {
    await start();
    await resting();
    await age();
    listed = () => {
      throw new CarillonError('unavailable', 'the list cannot be read');
    };
    await clock.advance(5_000);
    await resting();
    assert.equal((await watch()).outage, true);
    assert.ok((gateway.metrics.sums.SweepsFailed ?? 0) >= 1);
    listed = () => [];
    for (let tick = 0; tick < 4; tick++) {
      await clock.advance(5_000);
      await resting();
    }
    assert.deepEqual(await watch(), { alive: true, outage: false });
  });

  it('sweeps soon after a text could not be taken in, also when that could not be noted at once', async () => {
    await start();
    await resting();
    gateway.streams.away = true;
    assert.equal((await gateway.text('SMstop', 'STOP')).status, 503);
    gateway.streams.away = false;
    const { query } = gateway.pool;
    gateway.pool.query = () => {
      throw new Error('connection refused');
    };
    await clock.advance(5_000);
    gateway.pool.query = query;
    await database.adminPool.query("UPDATE inbound_watch SET swept_at = swept_at - interval '21 seconds'");
    assert.equal(sweeps, 1);
    for (let tick = 0; tick < 4; tick++) {
      await clock.advance(5_000);
      await resting();
    }
    assert.equal(sweeps, 2, 'once');
    assert.deepEqual(await watch(), { alive: true, outage: false });
  });

  it('is not ready while the streams are away', async () => {
    streams.away = true;
    const started = await start();
    assert.match(started.notReady() ?? '', /streams cannot be reached: no route/);
    await resting();
    streams.away = false;
    await clock.advance(5_000);
    await resting();
    assert.equal(started.notReady(), null);
  });

  it('notes that it listens while nobody answers whether the streams are there', async () => {
    await start();
    await resting();
    streams.hang = true;
    await database.adminPool.query("UPDATE inbound_watch SET alive_at = alive_at - interval '20 seconds'");
    await clock.advance(5_000);
    await resting();
    await database.adminPool.query("UPDATE inbound_watch SET alive_at = alive_at - interval '20 seconds'");
    await clock.advance(5_000);
    await resting();
    assert.equal((await watch()).alive, true);
  });

  it('is not ready while the database is away', async () => {
    const started = await start();
    await resting();
    assert.equal(started.notReady(), null);
    const { query } = gateway.pool;
    gateway.pool.query = () => {
      throw new Error('connection refused');
    };
    await clock.advance(5_000);
    await eventually(async () =>
      assert.match(started.notReady() ?? '', /database cannot be reached: connection refused/),
    );
    gateway.pool.query = query;
    await resting();
  });

  describe('where the carrier has no list', () => {
    beforeEach(() => {
      carrier = {
        ...carrier,
        capabilities: { lists: false, fetches: false, repeatsWithinMs: 60_000, repeatsForMs: 3_600_000 },
      };
    });

    it('sweeps nothing', async () => {
      await start();
      await resting();
      await clock.advance(300_000);
      await resting();
      assert.deepEqual([sweeps, await watch()], [0, { alive: true, outage: false }]);
    });

    it('ends an outage when what came in it has been repeated', async () => {
      await start();
      await resting();
      await age();
      await clock.advance(5_000);
      // One loop notes, the other waits, and a third renews its claim.
      await eventually(async () => assert.equal(clock.sleeping, 3));
      await clock.advance(5_000);
      await eventually(async () => assert.equal(clock.sleeping, 3));
      assert.deepEqual(await watch(), { alive: true, outage: true });
      await clock.advance(60_000);
      await resting();
      assert.deepEqual([sweeps, await watch()], [0, { alive: true, outage: false }]);
    });

    it('ends an outage longer than it repeats for only once somebody answers for what was lost', async () => {
      await start();
      await resting();
      await database.adminPool.query("UPDATE inbound_watch SET alive_at = alive_at - interval '61 minutes'");
      for (let tick = 0; tick < 30; tick++) {
        await clock.advance(5_000);
        await resting();
      }
      assert.deepEqual(await watch(), { alive: true, outage: true });
      assert.ok((gateway.metrics.sums.SweepsFailed ?? 0) >= 1);
      await database.adminPool.query('UPDATE inbound_watch SET accepted_outage = outage_since');
      // It waits for what is still repeated, as after any outage.
      await clock.advance(60_000);
      await eventually(async () => assert.equal(clock.sleeping, 3));
      assert.deepEqual(await watch(), { alive: true, outage: true });
      await clock.advance(60_000);
      await resting();
      assert.deepEqual(await watch(), { alive: true, outage: false });
      // That one was accepted, and no other.
      await database.adminPool.query("UPDATE inbound_watch SET alive_at = alive_at - interval '61 minutes'");
      for (let tick = 0; tick < 30; tick++) {
        await clock.advance(5_000);
        await resting();
      }
      assert.deepEqual(await watch(), { alive: true, outage: true });
    });

    it('keeps an outage that somebody answers for when nobody listens once more before it has ended', async () => {
      await start();
      await resting();
      await database.adminPool.query("UPDATE inbound_watch SET alive_at = alive_at - interval '61 minutes'");
      await clock.advance(5_000);
      await eventually(async () => assert.equal((await watch()).outage, true));
      await database.adminPool.query('UPDATE inbound_watch SET accepted_outage = outage_since');
      await listening?.stop();
      await database.adminPool.query("UPDATE inbound_watch SET alive_at = alive_at - interval '3 hours'");
      await start();
      for (let tick = 0; tick < 40; tick++) {
        await clock.advance(5_000);
        await resting();
      }
      assert.deepEqual(await watch(), { alive: true, outage: true });
    });

    it('judges an outage by how long nobody listened, and not by how long ago it began', async () => {
      await start();
      await resting();
      await database.adminPool.query("UPDATE inbound_watch SET alive_at = alive_at - interval '50 minutes'");
      await clock.advance(5_000);
      await eventually(async () => assert.equal(clock.sleeping, 3));
      // Deployed anew when what came in it has nearly been repeated.
      await listening?.stop();
      await database.adminPool.query(
        `UPDATE inbound_watch SET outage_since = outage_since - interval '15 minutes',
                outage_until = outage_until - interval '15 minutes'`,
      );
      await start();
      await eventually(async () => assert.equal(clock.sleeping, 3));
      await clock.advance(60_000);
      await resting();
      assert.deepEqual(await watch(), { alive: true, outage: false });
    });

    it('begins to wait anew when the gateway is away once more', async () => {
      await start();
      await resting();
      await age();
      await clock.advance(5_000);
      await eventually(async () => assert.equal(clock.sleeping, 3));
      await clock.advance(50_000);
      await listening?.stop();
      await age();
      await start();
      await eventually(async () => assert.equal(clock.sleeping, 3));
      await clock.advance(30_000);
      assert.deepEqual(await watch(), { alive: true, outage: true });
      await clock.advance(60_000);
      await eventually(async () => assert.deepEqual(await watch(), { alive: true, outage: false }));
    });
  });
});
