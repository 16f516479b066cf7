import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readCampaign } from '#shared/campaigns/store.ts';
import { roleOf } from '#shared/postgres/grants.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { takeTurn } from '../apps/campaigns/orchestrate.ts';
import {
  insertCampaign,
  insertContacts,
  MORNING,
  testParts,
  wrongCounts,
} from '../apps/campaigns/test-campaigns.ts';
import { UsageError } from '../apps/ops/arguments.ts';
import { dispatchByHand, mayActAsCampaigns } from '../apps/ops/campaigns/dispatch.ts';
import { parseDispatch } from '../apps/ops/campaigns/run.ts';
import { ManualClock } from './manual-clock.ts';
import { createDatabase, type TestDatabase } from './stack/stack.ts';

describe('A campaign dispatched by hand', () => {
  let database: TestDatabase;
  let pool: Pool;
  let clock: ManualClock;
  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
    await mayActAsCampaigns(pool);
  });
  after(() => database.drop());
  beforeEach(async () => {
    clock = new ManualClock(MORNING);
    await emptyTables(
      pool,
      `campaign, campaign_contact, campaign_count, contact, contact_list, list_member, phone, message, outbox,
       consent_standing, suppression, decision, decision_inputs`,
    );
  });

  /** A campaign whose audience is loaded, and of which nothing has been planned. */
  const active = async (contacts: number, definition: object = {}): Promise<string> => {
    const campaignId = await insertCampaign(pool, clock.now(), {
      include: [await insertContacts(pool, contacts)],
      definition,
    });
    const parts = testParts(clock);
    while ((await readCampaign(pool, campaignId))?.status !== 'active') await takeTurn(pool, parts);
    await clock.advance(60_000);
    return campaignId;
  };
  const byHand = (campaignId: string, batchSize = 100) =>
    dispatchByHand(pool, campaignId, { ...testParts(clock), batchSize });

  it('is planned a batch at a time, with what came of it in a report, and counted as its rows are', async () => {
    const campaignId = await active(150);
    const { rows } = await pool.query<{ phone_number: string }>(
      'SELECT phone_number FROM campaign_contact ORDER BY due_at, contact_id LIMIT 10',
    );
    await pool.query('DELETE FROM consent_standing WHERE phone_number = $1', [rows[0]?.phone_number]);
    await pool.query('UPDATE contact SET name = NULL WHERE phone_number = $1', [rows[1]?.phone_number]);
    assert.deepEqual(await byHand(campaignId), {
      campaignId,
      totalContacts: 100,
      sentCount: 98,
      skippedCount: 2,
      heldCount: 0,
      failedCount: 0,
      errors: [],
    });
    assert.deepEqual(await wrongCounts(pool), []);
    const { rows: turns } = await pool.query(
      'SELECT producer, count(*)::int AS n FROM outbox GROUP BY producer',
    );
    assert.deepEqual(turns, [{ producer: 'campaigns', n: 98 }]);
  });

  it('keeps to its pace: what that leaves no room for is said', async () => {
    const campaignId = await active(150, { messagesPerSecond: 10 });
    const report = await byHand(campaignId);
    assert.deepEqual([report.sentCount, report.errors.length > 0], [20, true]);
    const again = await byHand(campaignId);
    assert.deepEqual([again.totalContacts, again.sentCount], [0, 0]);
    assert.match(again.errors[0] ?? '', /leaves no room/);
  });

  it('takes over what became of earlier messages, and says whom the carrier refused', async () => {
    const campaignId = await active(5);
    await byHand(campaignId);
    await pool.query(
      `UPDATE message SET state = 'failed', rule = '30006', attempts = 1, settled_at = clock_timestamp()
        WHERE message_id IN (SELECT message_id FROM message ORDER BY message_id LIMIT 2)`,
    );
    await clock.advance(60_000);
    const { failedCount, totalContacts } = await byHand(campaignId);
    assert.deepEqual([failedCount, totalContacts], [2, 2]);
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('is done with whoever would be written to again and was reached or has answered: no fault, and counted', async () => {
    const campaignId = await active(5);
    await pool.query(
      `WITH again AS (
         UPDATE campaign_contact SET state = 'held', rule = 'retry_30003', attempts = 1, due_at = $1, missed_state = 'undelivered', missed_rule = '30003'
          WHERE contact_id IN (SELECT contact_id FROM campaign_contact ORDER BY contact_id LIMIT 3) RETURNING *),
       moved AS (UPDATE campaign_count SET value = value - 3 WHERE measure = 'pending')
       INSERT INTO campaign_count SELECT $2, 0, measure, 3 FROM unnest(ARRAY['held', 'held:retry_30003']) AS measure`,
      [clock.now(), campaignId],
    );
    await pool.query(
      `UPDATE campaign_contact SET reached_at = $1 WHERE contact_id = (SELECT min(contact_id::text)::uuid FROM campaign_contact WHERE state = 'held')`,
      [clock.now()],
    );
    await pool.query(
      `WITH answered AS (
         UPDATE campaign_contact SET replied_at = $1 WHERE state = 'held' AND reached_at IS NULL RETURNING contact_id)
       INSERT INTO campaign_count SELECT $2, 0, 'replied', count(*) FROM answered`,
      [clock.now(), campaignId],
    );
    const { errors, sentCount, totalContacts } = await byHand(campaignId);
    assert.deepEqual({ errors, sentCount, totalContacts }, { errors: [], sentCount: 2, totalContacts: 5 });
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('is not dispatched when it is not active, over, or not there', async () => {
    const campaignId = await active(3);
    await pool.query(`UPDATE campaign SET status = 'paused', paused_from = 'active'`);
    assert.match((await byHand(campaignId)).errors[0] ?? '', /is paused, not active/);
    await pool.query(`UPDATE campaign SET status = 'active', paused_from = NULL, end_at = $1`, [clock.now()]);
    assert.match((await byHand(campaignId)).errors[0] ?? '', /is over/);
    assert.match((await byHand(randomUUID())).errors[0] ?? '', /no such campaign/);
    assert.equal((await pool.query('SELECT FROM message')).rowCount, 0);
  });

  it('waits for whoever leads the campaign at this moment, and the other way round: nobody gets it twice', async () => {
    const campaignId = await active(120);
    const parts = testParts(clock);
    const [first, , second] = await Promise.all([
      byHand(campaignId),
      takeTurn(pool, parts),
      byHand(campaignId),
    ]);
    assert.ok(first.sentCount + second.sentCount <= 120);
    const { rows } = await pool.query('SELECT FROM message GROUP BY phone_number HAVING count(*) > 1');
    assert.deepEqual(rows, []);
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('may do what the service may, and no more', async () => {
    const campaignId = await active(3);
    await pool.query(`REVOKE INSERT ON message FROM ${roleOf('campaigns')}`);
    const report = await byHand(campaignId);
    await pool.query(`GRANT INSERT ON message TO ${roleOf('campaigns')}`);
    assert.match(report.errors[0] ?? '', /Nothing was done: permission denied/);
    assert.equal((await pool.query(`SELECT FROM campaign_contact WHERE state <> 'pending'`)).rowCount, 0);
    // The connection is the owner's again.
    await inTransaction(pool, (tx) => tx.query('SELECT FROM schema_migration'));
  });

  it('is named on the command line, with the size of the batch', () => {
    const id = randomUUID();
    assert.deepEqual(parseDispatch([id]), { campaignId: id, batchSize: 100 });
    assert.deepEqual(parseDispatch([id, '--batch-size', '7']), { campaignId: id, batchSize: 7 });
    for (const args of [[], ['7'], [id, id], [id, '--batch-size', '0'], [id, '--size', '7']]) {
      assert.throws(() => parseDispatch(args), UsageError);
    }
  });
});
