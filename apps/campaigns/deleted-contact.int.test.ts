import assert from 'node:assert/strict';
import { leaveCampaigns } from '#shared/campaigns/leave.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { takeTurn } from './orchestrate.ts';
import { takeOverReports } from './take-over.ts';
import {
  insertCampaign,
  insertContacts,
  MORNING,
  report,
  sendQueued,
  testParts,
  testPrices,
  wrongCounts,
} from './test-campaigns.ts';

describe('A contact that is deleted', () => {
  let database: TestDatabase;
  let pool: Pool;
  let clock: ManualClock;
  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
  });
  after(() => database.drop());
  beforeEach(async () => {
    clock = new ManualClock(MORNING);
    await emptyTables(
      pool,
      `campaign, campaign_contact, campaign_count, campaign_delivery, campaign_drill_answer, contact, contact_list, list_member, phone, message,
       outbox, consent_standing, suppression, decision, decision_inputs`,
    );
  });

  /** What some seconds bring. */
  const turns = async (): Promise<void> => {
    for (let second = 0; second < 5; second += 1) {
      while ((await takeTurn(pool, testParts(clock))) !== null);
      await clock.advance(1_000);
    }
  };
  /** With the rights that the API has. */
  const remove = async (contactId: string, phoneNumber: string): Promise<number> =>
    inTransaction(pool, async (tx) => {
      await tx.query('SET LOCAL ROLE carillon_api');
      const left = await leaveCampaigns(tx, { contactId, phoneNumber });
      await tx.query('DELETE FROM contact WHERE contact_id = $1', [contactId]);
      return left;
    });
  const rowsOf = async (contactId: string): Promise<unknown[]> => {
    const { rows } = await pool.query(
      `SELECT each.state, each.rule, message.state AS message
         FROM campaign_contact AS each LEFT JOIN message USING (message_id) WHERE each.contact_id = $1 ORDER BY each.state, message.state NULLS FIRST`,
      [contactId],
    );
    return rows.map(Object.values);
  };
  const anybody = async (): Promise<[string, string]> => {
    const { rows } = await pool.query<{ contact_id: string; phone_number: string }>(
      'SELECT contact_id, phone_number FROM contact ORDER BY phone_number LIMIT 1',
    );
    return [rows[0]?.contact_id ?? '', rows[0]?.phone_number ?? ''];
  };

  it('gets nothing of a campaign in which it waits, nor of one that has queued its message', async () => {
    const list = await insertContacts(pool, 3);
    await insertCampaign(pool, clock.now(), { include: [list] });
    // Nothing is sent of it today.
    const days = [MORNING.getUTCDay() === 1 ? 2 : 1];
    await insertCampaign(pool, clock.now(), {
      include: [list],
      definition: { windows: [{ days, from: '09:00', to: '10:00' }] },
    });
    await turns();
    const [contactId, phone] = await anybody();
    assert.deepEqual(
      (await rowsOf(contactId)).map((row) => (row as unknown[])[0]),
      ['held', 'queued'],
    );
    assert.equal(await remove(contactId, phone), 2);
    assert.deepEqual(await rowsOf(contactId), [
      ['cancelled', 'contact_deleted', null],
      ['cancelled', 'contact_deleted', 'cancelled'],
    ]);
    assert.deepEqual(await wrongCounts(pool), []);
    assert.equal(await sendQueued(pool), 2);
    await turns();
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('leaves what the carrier has, or may have, as it ends', async () => {
    const list = await insertContacts(pool, 2);
    await insertCampaign(pool, clock.now(), { include: [list] });
    await turns();
    const [contactId, phone] = await anybody();
    await pool.query(`UPDATE message SET state = 'posting' WHERE phone_number = $1`, [phone]);
    assert.equal(await remove(contactId, phone), 0);
    assert.deepEqual(await rowsOf(contactId), [['queued', null, 'posting']]);
    await pool.query(`UPDATE message SET state = 'sent', settled_at = now()`);
    await turns();
    assert.deepEqual(await rowsOf(contactId), [['sent', null, 'sent']]);
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('is what became of its message where it was to be written to again, also when that is queued', async () => {
    const list = await insertContacts(pool, 2);
    const campaignId = await insertCampaign(pool, clock.now(), {
      include: [list],
      definition: { maxAttempts: 3 },
    });
    await turns();
    await sendQueued(pool);
    await report(pool, 'undelivered', { errorCode: '30003' });
    await turns();
    while ((await takeOverReports(pool, { clock, prices: testPrices })) !== null);
    const [first, phone] = await anybody();
    assert.deepEqual(await rowsOf(first), [['held', 'retry_30003', 'sent']]);
    assert.equal(await remove(first, phone), 1);
    assert.deepEqual(await rowsOf(first), [['undelivered', '30003', 'sent']]);
    await clock.advance(61 * 60_000);
    await turns();
    const [second, other] = await anybody();
    assert.deepEqual(await rowsOf(second), [['queued', null, 'queued']]);
    assert.equal(await remove(second, other), 1);
    assert.deepEqual(await rowsOf(second), [['undelivered', '30003', 'cancelled']]);
    assert.deepEqual(await wrongCounts(pool), []);
    const { rows } = await pool.query('SELECT status FROM campaign WHERE campaign_id = $1', [campaignId]);
    assert.deepEqual(rows, [{ status: 'active' }]);
  });

  it('is not waited for in a campaign of lessons, where the dialog has not answered yet', async () => {
    const list = await insertContacts(pool, 2);
    const campaignId = await insertCampaign(pool, clock.now(), {
      include: [list],
      type: 'drill',
      definition: { variants: [], drill: { programme: 'open-hands', drill: 'handwashing' } },
    });
    await turns();
    const [first, phone] = await anybody();
    assert.equal(await remove(first, phone), 1);
    assert.deepEqual(await rowsOf(first), [['cancelled', 'contact_deleted', null]]);
    const [second, other] = await anybody();
    await pool.query(
      `INSERT INTO campaign_drill_answer (command_id, campaign_id, contact_id)
       SELECT message_id, campaign_id, contact_id FROM campaign_contact WHERE campaign_id = $1`,
      [campaignId],
    );
    assert.equal(await remove(second, other), 0);
    while ((await takeOverReports(pool, { clock, prices: testPrices })) !== null);
    assert.deepEqual(await rowsOf(first), [['cancelled', 'contact_deleted', null]]);
    assert.deepEqual(await rowsOf(second), [['sent', null, null]]);
    assert.deepEqual(await wrongCounts(pool), []);
  });
});
