import assert from 'node:assert/strict';
import { readSamples } from '#shared/breakers/read-samples.ts';
import { dispatchDue } from '#shared/campaigns/dispatch.ts';
import { noteReplies } from '#shared/campaigns/replied.ts';
import { NEVER_AGAIN } from '#shared/campaigns/retry.ts';
import { settleQueued } from '#shared/campaigns/settle.ts';
import { lockCampaign } from '#shared/campaigns/store.ts';
import { cancelWaiting, takeBackQueued } from '#shared/campaigns/take-back.ts';
import { createPool, inTransaction, type Transaction } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { rowsReadBy } from '#test/rows-read.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { loadAudience } from './load.ts';
import { takeTurn } from './orchestrate.ts';
import { takeOverReports } from './take-over.ts';
import {
  insertCampaign,
  insertContacts,
  MORNING,
  sendQueued,
  testParts,
  testPrices,
} from './test-campaigns.ts';

const AUDIENCE = 3_000;
const BATCH = 50;

describe('Contacts of a campaign of which statistics know nothing', () => {
  let database: TestDatabase;
  let campaignId: string;
  const clock = new ManualClock(MORNING);
  const parts = testParts(clock);

  beforeEach(async () => {
    database = await createDatabase();
    const include = [await insertContacts(database.adminPool, AUDIENCE)];
    campaignId = await insertCampaign(database.adminPool, MORNING, { include });
    while ((await takeTurn(database.adminPool, parts))?.became !== 'active');
  });

  afterEach(() => database.drop());

  /** Rows of audiences, or of another table, that the work reads. */
  const readOf = (work: (tx: Transaction) => Promise<unknown>, table = 'campaign_contact'): Promise<number> =>
    rowsReadBy(database.adminPool, table, work);

  const dispatch = (table?: string): Promise<number> =>
    readOf(async (tx) => {
      const campaign = await lockCampaign(tx, campaignId);
      assert.ok(campaign);
      const dispatched = await dispatchDue(tx, campaign, {
        most: { sms: BATCH, voice: 0 },
        looked: { sms: BATCH, voice: 0 },
        parts,
      });
      assert.equal(dispatched.queued, BATCH);
    }, table);

  it('are looked up one by one when they are planned for', async () => {
    assert.ok((await dispatch()) < 10 * BATCH);
  });

  for (const table of ['phone', 'contact', 'suppression']) {
    it(`are all that is read of ${table} when they are planned for`, async () => {
      await database.adminPool.query(`
        INSERT INTO phone (phone_number) SELECT phone_number FROM contact;
        INSERT INTO suppression (phone_number, scope, change_id, source, reason, added_at)
        SELECT '+1312555' || lpad(n::text, 4, '0'), 'sender', gen_random_uuid(), 'admin_import', 'a list', now()
          FROM generate_series(1, ${AUDIENCE}) AS n`);
      assert.ok((await dispatch(table)) < 10 * BATCH);
    });
  }

  for (const table of ['contact', 'list_member']) {
    it(`are all that is read of ${table} when they are loaded`, () => loadOnly(table));
  }

  it('are all that is read of lists when they are few, among others on larger ones', async () => {
    const { rows } = await database.adminPool.query<{ list_id: string }>(
      `WITH list AS (
         INSERT INTO contact_list (list_id, name, created_at, updated_at)
         SELECT gen_random_uuid(), gen_random_uuid()::text, now(), now() FROM generate_series(1, 2) RETURNING list_id)
       INSERT INTO list_member (list_id, contact_id, added_at)
       SELECT list_id, contact_id, now()
         FROM list CROSS JOIN (SELECT contact_id FROM contact ORDER BY md5(contact_id::text) LIMIT 10) AS few
       RETURNING list_id`,
    );
    const include = [...new Set(rows.map((row) => row.list_id))];
    await database.adminPool.query('DELETE FROM campaign_contact');
    await database.adminPool.query('ANALYZE');
    const read = await readOf(async (tx) => {
      const campaign = await lockCampaign(tx, campaignId);
      assert.ok(campaign);
      const audience = { ...campaign.definition.audience, include };
      const few = { ...campaign, loadedTo: null, definition: { ...campaign.definition, audience } };
      const loaded = await loadAudience(tx, few, [], MORNING, BATCH);
      assert.ok(loaded.kind === 'loaded' && loaded.contacts === 10 && loaded.to === null);
    }, 'list_member');
    assert.ok(read < 100, `${read} rows of lists were read for 10 people`);
  });

  async function loadOnly(table: string): Promise<void> {
    await database.adminPool.query('DELETE FROM campaign_contact');
    await database.adminPool.query('ANALYZE');
    const read = await readOf(async (tx) => {
      const campaign = await lockCampaign(tx, campaignId);
      assert.ok(campaign);
      const loaded = await loadAudience(tx, { ...campaign, loadedTo: null }, [], MORNING, BATCH);
      assert.ok(loaded.kind === 'loaded' && loaded.contacts === BATCH);
    }, table);
    assert.ok(read < 10 * BATCH);
  }

  it('are looked up one by one when their messages are settled', async () => {
    await dispatch();
    await sendQueued(database.adminPool);
    const settled = await readOf((tx) =>
      settleQueued(tx, campaignId, NEVER_AGAIN, { now: MORNING, prices: parts.prices }),
    );
    assert.ok(settled < 10 * BATCH);
  });

  it('are looked up one by one when they are taken back', async () => {
    await dispatch();
    const to = { state: 'pending', rule: null } as const;
    assert.ok((await readOf((tx) => takeBackQueued(tx, campaignId, to, MORNING))) < 10 * BATCH);
  });

  it('are looked up one by one when they follow what carriers report, with the rights of the service', async () => {
    await dispatch();
    await sendQueued(database.adminPool);
    await inTransaction(database.adminPool, (tx) =>
      settleQueued(tx, campaignId, NEVER_AGAIN, { now: MORNING, prices: parts.prices }),
    );
    await database.adminPool.query(
      `INSERT INTO campaign_delivery (log_id, campaign_id, variant, contact_id, message_id, carrier, outcome, segments, is_news)
       SELECT gen_random_uuid(), campaign_id, 0, contact_id, message_id, 'twilio', 'delivered', 1, true
         FROM campaign_contact WHERE campaign_id = $1 AND state = 'sent'`,
      [campaignId],
    );
    const read = async (): Promise<number> => {
      const { rows } = await database.adminPool.query<{ read: number }>(
        `SELECT (seq_tup_read + idx_tup_fetch)::int AS read FROM pg_stat_user_tables WHERE relname = 'campaign_contact'`,
      );
      return rows[0]?.read ?? 0;
    };
    // One session, so that it says what it read before the test asks.
    const pool = createPool({ ...database.configFor('campaigns'), max: 1 }, () => undefined);
    try {
      await database.adminPool.query('SELECT pg_stat_force_next_flush()');
      const before = await read();
      await pool.query('SELECT pg_stat_force_next_flush()');
      assert.equal((await takeOverReports(pool, { clock, prices: testPrices }))?.reports, BATCH);
      assert.ok((await read()) - before < 10 * BATCH);
    } finally {
      await pool.end();
    }
  });

  for (const table of ['message', 'campaign_contact', 'message_log']) {
    it(`cost a look at what went out lately so many rows of ${table} as went out lately`, async () => {
      // Of this campaign all but a batch went out long ago.
      await database.adminPool.query(
        `WITH told AS (
           SELECT *, row_number() OVER (ORDER BY contact_id) AS n, gen_random_uuid() AS new_message
             FROM campaign_contact WHERE campaign_id = $1),
         written AS (
           INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id, created_at,
                                campaign_id, state)
           SELECT new_message, phone_number, 1, 'bulk', 'transactional', '+14155550100', '', new_message, contact_id, now(),
                  campaign_id, 'sent' FROM told)
         INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, our_number, message_id, status,
                                  status_rank, status_at, first_seen_at)
         SELECT gen_random_uuid(), 'twilio', new_message, 'outbound', phone_number, '+14155550100', new_message, 'delivered', 5,
                now(), now() - CASE WHEN n > $2 THEN interval '1 day' ELSE interval '0' END FROM told`,
        [campaignId, BATCH],
      );
      const read = await readOf(async (tx) => {
        const [sample] = await readSamples(tx, new Date(Date.now() - 600_000));
        assert.equal(sample?.ofCampaign.known, BATCH);
      }, table);
      assert.ok(read < 10 * BATCH, String(read));
    });
  }

  it('are looked up one by one when they answer it', async () => {
    const { rows } = await database.adminPool.query<{ phone_number: string }>(
      'SELECT phone_number FROM campaign_contact WHERE campaign_id = $1 ORDER BY contact_id LIMIT $2',
      [campaignId, BATCH],
    );
    const replies = rows.map((row) => ({ campaignId, phoneNumber: row.phone_number, at: MORNING }));
    const read = await readOf(async (tx) => {
      await noteReplies(tx, replies);
      // What has answered already is found the same way.
      await noteReplies(tx, replies);
    });
    assert.ok(read < 10 * BATCH, `${read} rows`);
  });

  it('are each read a few times when the rest is cancelled', async () => {
    assert.ok((await readOf((tx) => cancelWaiting(tx, campaignId, 'stopped'))) < 10 * AUDIENCE);
  });
});
