import assert from 'node:assert/strict';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import {
  claimSweep,
  finishSweep,
  noteListening,
  releaseSweep,
  renewSweep,
  type SweepClaim,
} from './watch.ts';

const OUTAGE_MS = 30_000;
const A = '00000000-0000-4000-8000-00000000000a';
const B = '00000000-0000-4000-8000-00000000000b';

describe('the watch over inbound messages', () => {
  let database: TestDatabase;
  let pool: Pool;

  before(async () => {
    database = await createDatabase();
    pool = createPool(database.configFor('gateway'), () => undefined);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(async () => {
    await emptyTables(database.adminPool, 'inbound_watch');
  });

  const listen = (missed = false) => noteListening(pool, 'twilio', { outageMs: OUTAGE_MS, missed });
  /** Moves everything that the watch remembers into the past: the same as waiting. */
  const wait = (seconds: number) =>
    database.adminPool.query(
      `UPDATE inbound_watch
          SET alive_at = alive_at - $1 * interval '1 second', swept_at = swept_at - $1 * interval '1 second',
              listening_since = listening_since - $1 * interval '1 second',
              missed_at = missed_at - $1 * interval '1 second',
              sweep_claimed_until = sweep_claimed_until - $1 * interval '1 second'`,
      [seconds],
    );
  const claim = (id: string, anyway = false): Promise<SweepClaim | null> =>
    claimSweep(pool, { carrier: 'twilio', id, everyMs: 180_000, anyway });
  async function claimed(id: string, anyway = false): Promise<SweepClaim> {
    const sweep = await claim(id, anyway);
    assert.ok(sweep);
    return sweep;
  }
  /** An instant that the watch remembers. */
  async function remembered(column: 'alive_at' | 'swept_at' | 'listening_since'): Promise<Date> {
    const { rows } = await database.adminPool.query<Record<typeof column, Date>>(
      'SELECT * FROM inbound_watch',
    );
    assert.ok(rows[0]);
    return rows[0][column];
  }

  it('begins without an outage and without history', async () => {
    assert.deepEqual(await listen(), { outageSince: null });
    assert.equal(await claim(A), null);
    const sweep = await claimed(A, true);
    assert.deepEqual(sweep.since, await remembered('listening_since'), 'nothing before the first start');
  });

  it('sees no outage as long as somebody notes in time', async () => {
    await listen();
    await wait(20);
    assert.deepEqual(await listen(), { outageSince: null });
    await wait(20);
    assert.deepEqual(await listen(), { outageSince: null });
  });

  it('sees an outage from the last note, until a sweep is done', async () => {
    await listen();
    await wait(31);
    const lastNote = await remembered('alive_at');
    const { outageSince } = await listen();
    assert.deepEqual(outageSince, lastNote);
    assert.deepEqual(await listen(), { outageSince });
    const sweep = await claimed(A);
    assert.deepEqual(await listen(), { outageSince });
    assert.equal(await finishSweep(pool, sweep), true);
    assert.deepEqual(await listen(), { outageSince: null });
  });

  it('keeps the beginning of an outage that is followed by another', async () => {
    await listen();
    await wait(31);
    const { outageSince } = await listen();
    await wait(60);
    assert.deepEqual(await listen(), { outageSince });
  });

  it('does not let a sweep end an outage that began while it ran', async () => {
    await listen();
    await wait(31);
    const { outageSince } = await listen();
    const sweep = await claimed(A);
    await wait(31);
    await listen();
    assert.equal(await renewSweep(pool, sweep), false);
    assert.equal(await finishSweep(pool, sweep), false);
    assert.deepEqual(await listen(), { outageSince });
    assert.equal(await finishSweep(pool, await claimed(B)), true);
    assert.deepEqual(await listen(), { outageSince: null });
  });

  describe('when a text could not be taken in', () => {
    it('is due when the carrier has given up repeating it, and sending goes on', async () => {
      await listen();
      await wait(5);
      assert.deepEqual(await listen(true), { outageSince: null });
      assert.equal(await claim(A), null);
      await wait(16);
      await listen();
      const sweep = await claimed(A);
      assert.equal(await finishSweep(pool, sweep), true);
      await wait(21);
      await listen();
      assert.equal(await claim(A), null, 'once for what was missed before it');
    });

    it('is due again for what was missed while it ran', async () => {
      await listen();
      const sweep = await claimed(A, true);
      await listen(true);
      await listen();
      assert.equal(await renewSweep(pool, sweep), true);
      assert.equal(await finishSweep(pool, sweep), true);
      assert.equal(await claim(B), null, 'not one after the other');
      await wait(21);
      assert.notEqual(await claim(B), null);
    });
  });

  it('is due by an outage alone where nothing is to be compared now and then', async () => {
    const due = () => claimSweep(pool, { carrier: 'aws', id: A, everyMs: null, anyway: false });
    await noteListening(pool, 'aws', { outageMs: OUTAGE_MS, missed: false });
    await wait(29);
    await noteListening(pool, 'aws', { outageMs: OUTAGE_MS, missed: false });
    assert.equal(await due(), null);
    await wait(3_600);
    assert.notEqual(
      (await noteListening(pool, 'aws', { outageMs: OUTAGE_MS, missed: false })).outageSince,
      null,
    );
    assert.notEqual(await due(), null);
  });

  it('lets one task sweep at a time', async () => {
    await listen();
    await claimed(A, true);
    assert.equal(await claim(B, true), null);
  });

  it('gives a sweep to another task when its own fell silent, and not back', async () => {
    await listen();
    const dead = await claimed(A, true);
    await wait(121);
    const heir = await claimed(B, true);
    assert.equal(await renewSweep(pool, dead), false);
    assert.equal(await finishSweep(pool, dead), false);
    await releaseSweep(pool, dead);
    assert.equal(await finishSweep(pool, heir), true);
  });

  it('keeps a claim that is renewed', async () => {
    await listen();
    const sweep = await claimed(A, true);
    await wait(100);
    assert.equal(await renewSweep(pool, sweep), true);
    await wait(100);
    assert.equal(await claim(B, true), null);
  });

  it('is swept when it is due, and from ten minutes before the sweep before', async () => {
    await listen();
    await wait(3_600);
    await finishSweep(pool, await claimed(A));
    assert.equal(await claim(A), null);
    await wait(170);
    assert.equal(await claim(A), null);
    await wait(11);
    const sweptAt = await remembered('swept_at');
    const next = await claimed(A);
    assert.deepEqual(next.since, new Date(sweptAt.getTime() - 600_000));
  });

  it('is swept from the same point again when a sweep was given up', async () => {
    await listen();
    await wait(3_600);
    const failed = await claimed(A);
    await releaseSweep(pool, failed);
    const again = await claimed(B);
    assert.deepEqual(again.since, failed.since);
  });
});
