import assert from 'node:assert/strict';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { eventually } from '#test/eventually.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { InHand } from './in-hand.ts';
import type { Period } from './rule.ts';
import { takeShare } from './take.ts';

const START = new Date('2026-11-27T10:00:00Z');
const CAMPAIGN = '018f0000-0000-7000-8000-00000000000c';

describe('Shares of throttle groups in PostgreSQL', () => {
  let database: TestDatabase;
  let admin: Pool;
  let clock: ManualClock;
  let group: string;
  before(async () => {
    database = await createDatabase();
    admin = database.adminPool;
  });
  after(() => database.drop());
  beforeEach(async () => {
    clock = new ManualClock(START);
    await admin.query('TRUNCATE throttle_group CASCADE');
    const { rows } = await admin.query<{ id: string }>(
      `INSERT INTO throttle_group (throttle_group_id, name, most, per, evenly, created_at, updated_at)
       VALUES (gen_random_uuid(), 'Front desk', 30, 'minute', false, $1, $1) RETURNING throttle_group_id AS id`,
      [START],
    );
    group = rows[0]?.id ?? '';
    await admin.query('INSERT INTO throttle_state (throttle_group_id, clock_at) VALUES ($1, $2)', [
      group,
      START,
    ]);
  });

  const take = (wants: number) =>
    takeShare(admin, { campaignId: CAMPAIGN, groups: [group], wants, queued: 0, recent: 0 }, clock);

  const somebodyWaits = () =>
    eventually(async () => {
      const { rowCount } = await admin.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      assert.equal(rowCount, 1);
    });

  /** What a share comes to that is asked for while somebody else has the group locked, who does this meanwhile. */
  const takeBehind = (wants: number, meanwhile: () => Promise<void>) =>
    inTransaction(admin, async (tx) => {
      await tx.query('SELECT FROM throttle_state WHERE throttle_group_id = $1 FOR UPDATE', [group]);
      const taking = take(wants);
      await somebodyWaits();
      await meanwhile();
      return { taking };
    });

  it('go by a limit that was lowered while they waited for the group', async () => {
    const { taking } = await takeBehind(20, async () => {
      await admin.query('UPDATE throttle_group SET most = 5');
    });
    assert.equal((await taking).count, 5);
  });

  it('count from when they were taken, and not from when somebody began to wait for the group', async () => {
    const { taking } = await takeBehind(30, () => clock.advance(4_000));
    assert.equal((await taking).count, 30);
    const { rows } = await admin.query('SELECT until FROM throttle_use');
    assert.deepEqual(rows, [{ until: new Date('2026-11-27T10:00:05Z') }]);
    await clock.advance(60_900);
    assert.equal((await take(30)).count, 0);
    await clock.advance(200);
    assert.equal((await take(30)).count, 30);
  });

  const setPer = (per: Period) => admin.query('UPDATE throttle_group SET per = $1', [per]);

  it('still count after somebody has set another period by mistake, and what was taken meanwhile too', async () => {
    await setPer('day');
    assert.equal((await take(25)).count, 25);
    await setPer('minute');
    await clock.advance(1_800_000);
    assert.equal((await take(3)).count, 3);
    await clock.advance(1_800_000);
    await setPer('day');
    assert.equal((await take(30)).count, 2);
    await clock.advance(86_400_000 - 3_600_000 + 1_440_000);
    assert.equal((await take(30)).count, 25);
  });

  it('count no longer than a period that was made shorter', async () => {
    await setPer('day');
    assert.equal((await take(30)).count, 30);
    await setPer('minute');
    await clock.advance(10_000);
    assert.equal((await take(30)).count, 0);
    await clock.advance(61_000);
    assert.equal((await take(30)).count, 30);
  });

  it('are kept in few rows once they count no more', async () => {
    for (let second = 0; second < 20; second += 1) {
      assert.equal((await take(1)).count, 1);
      await clock.advance(1_000);
    }
    await clock.advance(3_600_000);
    assert.equal((await take(1)).count, 1);
    const read = () => admin.query('SELECT used FROM throttle_use ORDER BY until');
    assert.deepEqual((await read()).rows, [{ used: 20 }, { used: 1 }]);
    await clock.advance(2 * 86_400_000);
    assert.equal((await take(2)).count, 2);
    assert.deepEqual((await read()).rows, [{ used: 1 }, { used: 2 }]);
  });

  it('say that the clock of a task was far ahead, which makes others wait', async () => {
    await clock.advance(3_600_000);
    assert.equal((await take(30)).count, 30);
    clock = new ManualClock(START);
    const { count, reason } = await take(30);
    assert.equal(count, 0);
    assert.equal(
      reason,
      'Waits for throttle group Front desk: 30 a minute. The clock of a task that took of Front desk was 60 minutes ahead of others, which have to wait until they are there.',
    );
  });

  it('that a turn gives back as it was undone leave its campaign before all others where it was', async () => {
    const other = '018f0000-0000-7000-8000-0000000000f3';
    await admin.query(
      `INSERT INTO throttle_group (throttle_group_id, name, most, per, evenly, created_at, updated_at)
       VALUES ($1, 'Other', 1, 'minute', false, $2, $2)`,
      [other, START],
    );
    await admin.query('INSERT INTO throttle_state (throttle_group_id, clock_at) VALUES ($1, $2)', [
      other,
      START,
    ]);
    const asked = { campaignId: CAMPAIGN, groups: [group, other], wants: 5, queued: 0, recent: 0 };
    const firstFrom = async (): Promise<unknown> =>
      (await admin.query('SELECT DISTINCT waits, first_from FROM campaign_throttle')).rows;
    const turn = async (): Promise<{ hand: InHand; count: number }> => {
      const hand = new InHand(admin, clock);
      return { hand, count: (await hand.take(asked)).count };
    };
    const kept = { waits: true, first_from: new Date('2026-11-27T10:02:17Z') };
    assert.equal((await turn()).count, 1);
    // Nothing for it: from some time on it goes before all others.
    assert.equal((await turn()).count, 0);
    assert.deepEqual(await firstFrom(), [kept]);
    await clock.advance(10_000);
    assert.equal((await turn()).count, 0);
    await admin.query('DELETE FROM throttle_use WHERE throttle_group_id = $1', [other]);
    const undone = await turn();
    assert.equal(undone.count, 1);
    await undone.hand.release();
    assert.deepEqual(await firstFrom(), [kept]);
    const again = await turn();
    assert.equal(again.count, 1);
    await again.hand.keep(1, { waits: true });
    assert.deepEqual(await firstFrom(), [{ waits: false, first_from: null }]);
  });

  it('end for a campaign of which nobody waits any more in the order in which groups are locked', async () => {
    const ids = ['018f0000-0000-7000-8000-0000000000f2', '018f0000-0000-7000-8000-0000000000f1'];
    for (const id of ids) {
      await admin.query(
        `INSERT INTO throttle_group (throttle_group_id, name, most, per, evenly, created_at, updated_at)
         VALUES ($1, $1::uuid::text, 30, 'minute', false, $2, $2)`,
        [id, START],
      );
      await admin.query('INSERT INTO throttle_state (throttle_group_id, clock_at) VALUES ($1, $2)', [
        id,
        START,
      ]);
      await admin.query(
        `INSERT INTO campaign_throttle (throttle_group_id, campaign_id, turn, unmet, asked_at, waits) VALUES ($1, $2, 0, 5, $3, true)`,
        [id, CAMPAIGN, START],
      );
    }
    const lock = 'SELECT FROM campaign_throttle WHERE throttle_group_id = $1 FOR UPDATE';
    const { taking } = await inTransaction(admin, async (tx) => {
      await tx.query(lock, [ids[1]]);
      const nothing = take(0);
      await somebodyWaits();
      // It waits with nothing in hand that is wanted here.
      await tx.query(lock, [ids[0]]);
      return { taking: nothing };
    });
    assert.equal((await taking).count, 0);
    const { rows } = await admin.query('SELECT unmet, waits FROM campaign_throttle');
    assert.deepEqual(rows, [
      { unmet: 0, waits: false },
      { unmet: 0, waits: false },
    ]);
  });
});
