import assert from 'node:assert/strict';
import { readSamples } from '#shared/breakers/read-samples.ts';
import { dispatchDue } from '#shared/campaigns/dispatch.ts';
import { noteReplies } from '#shared/campaigns/replied.ts';
import { NEVER_AGAIN } from '#shared/campaigns/retry.ts';
import { settleQueued } from '#shared/campaigns/settle.ts';
import { lockCampaign } from '#shared/campaigns/store.ts';
import { cancelWaiting, takeBackQueued } from '#shared/campaigns/take-back.ts';
import { withdrawAnswered } from '#shared/campaigns/withdraw-answered.ts';
import { writeSteps } from '#shared/campaigns/write-steps.ts';
import { cancelStopped } from '#shared/messages/cancel-stopped.ts';
import { createPool, inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
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
  ofCalls,
  sendQueued,
  testParts,
  testPrices,
} from './test-campaigns.ts';

const AUDIENCE = 3_000;
const BATCH = 50;

const [variant] = ofCalls.variants;
const ofLadder = {
  variants: [{ ...variant, bodies: { en: 'Will you come?' } }],
  call: ofCalls.call,
  maxAttempts: 3,
  ladder: [
    { channel: 'sms' },
    { channel: 'voice', after: ['undelivered'] },
    { channel: 'sms', after: ['answered'], bodies: { en: 'As we said.' } },
  ],
};

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

  /** The same of work that begins transactions itself, with the rights of the service. */
  const readByPool = async (table: string, work: (pool: Pool) => Promise<void>): Promise<number> => {
    const read = async (): Promise<number> => {
      const { rows } = await database.adminPool.query<{ read: number }>(
        'SELECT (seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS read FROM pg_stat_user_tables WHERE relname = $1',
        [table],
      );
      return rows[0]?.read ?? 0;
    };
    // One session, so that it says what it read before the test asks.
    const pool = createPool({ ...database.configFor('campaigns'), max: 1 }, () => undefined);
    try {
      await database.adminPool.query('SELECT pg_stat_force_next_flush()');
      const before = await read();
      await work(pool);
      await pool.query('SELECT pg_stat_force_next_flush()');
      return (await read()) - before;
    } finally {
      await pool.end();
    }
  };

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
    const read = await readByPool('campaign_contact', async (pool) => {
      assert.equal((await takeOverReports(pool, { clock, prices: testPrices }))?.reports, BATCH);
    });
    assert.ok(read > 0 && read < 10 * BATCH, `${read} rows`);
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

  describe('on a ladder', () => {
    /** Of a campaign before, which statistics know. */
    const BEFORE = '018f0000-0000-7000-8000-00000000000b';

    /** All have been called by the second step, since the text did not arrive, and their calls were paid for. */
    beforeEach(async () => {
      // What is read whole because that is cheaper than fifty look-ups is no fault: of calls there are more.
      const enter = (of: string, by: string, calls: number): string =>
        `INSERT INTO campaign_step (campaign_id, contact_id, step, via, variant, entered_at)
         SELECT ${of}, contact_id, 1, 'undelivered', 0, now() FROM campaign_contact;
         INSERT INTO campaign_call (message_id, campaign_id, variant, carrier, minutes, micros)
         SELECT ${by}, ${of}, 0, 'twilio', 1, 20000 FROM campaign_contact CROSS JOIN generate_series(1, ${calls});`;
      await database.adminPool.query(`
        ${enter(`'${BEFORE}'::uuid`, 'gen_random_uuid()', 10)}
        ANALYZE campaign_step, campaign_call, message, campaign_contact;
        WITH called AS (
          UPDATE campaign_contact SET step = 1, step_base = 1, attempts = 2, state = 'sent', message_id = gen_random_uuid()
          RETURNING *)
        INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id, created_at,
                             campaign_id, variant, step, channel, state)
        SELECT message_id, phone_number, 1, 'bulk', 'transactional', '+14155550100', '', message_id, contact_id, now(),
               campaign_id, 0, 1, 'voice', 'sent' FROM called;
        INSERT INTO phone (phone_number) SELECT phone_number FROM campaign_contact ON CONFLICT DO NOTHING;
        UPDATE campaign SET type = 'hybrid', definition = definition || '${JSON.stringify(ofLadder)}'::jsonb;
        ${enter('campaign_id', 'message_id', 1)}`);
    });

    /** All have answered; a batch of them are queued. */
    const queue = (): Promise<unknown> =>
      database.adminPool.query(`
        UPDATE campaign_contact SET heard_at = now();
        WITH few AS (
          UPDATE campaign_contact SET state = 'queued', attempts = 1
           WHERE contact_id IN (SELECT contact_id FROM campaign_contact ORDER BY contact_id LIMIT ${BATCH}) RETURNING message_id)
        UPDATE message SET state = 'queued' WHERE message_id IN (SELECT message_id FROM few)`);

    for (const table of ['campaign_step', 'campaign_call', 'campaign_contact']) {
      it(`are all that is read of ${table} when they follow what becomes of their calls`, async () => {
        await database.adminPool.query(
          `INSERT INTO campaign_delivery (log_id, campaign_id, variant, contact_id, message_id, carrier, outcome, segments,
                                          call_outcome, call_seconds, is_news)
           SELECT gen_random_uuid(), campaign_id, 0, contact_id, message_id, 'twilio', 'delivered', 0, 'answered', 90, true
             FROM campaign_contact ORDER BY contact_id LIMIT $1`,
          [BATCH],
        );
        const read = await readByPool(table, async (pool) => {
          assert.equal((await takeOverReports(pool, { clock, prices: testPrices }))?.reports, BATCH);
        });
        assert.ok(read > 0 && read < 10 * BATCH, `${read} rows of ${table}`);
      });
    }

    it('are all that is read when they go back to the step before, and nothing is when nobody does', async () => {
      const { rows } = await database.adminPool.query<{ contact_id: string }>(
        'SELECT contact_id FROM campaign_contact ORDER BY contact_id LIMIT $1',
        [BATCH],
      );
      const go = (to: number, via: 'answered' | null) => (tx: Transaction) =>
        writeSteps(
          tx,
          campaignId,
          rows.map(({ contact_id: contactId }) => ({
            contactId,
            variant: 0,
            from: 1,
            to: { step: to, base: 1, via },
          })),
          MORNING,
        );
      const back = await readOf(go(0, null), 'campaign_step');
      assert.ok(back > 0 && back < 10 * BATCH, `${back} rows`);
      assert.equal(await readOf(go(2, 'answered'), 'campaign_step'), 0);
    });

    for (const table of ['campaign_contact', 'message']) {
      it(`are all that is read of ${table} when what is queued for whoever has answered is taken back`, async () => {
        await queue();
        const read = await readOf(async (tx) => {
          assert.equal(await withdrawAnswered(tx, campaignId), BATCH);
        }, table);
        assert.ok(read < 10 * BATCH, `${read} rows of ${table}`);
      });
    }

    it('are all that is read of audiences when a claim looks for those who have answered', async () => {
      await queue();
      const { rows } = await database.adminPool.query<{ phone_number: string }>(
        `SELECT phone_number FROM campaign_contact WHERE state = 'queued'`,
      );
      const read = await readOf(async (tx) => {
        const phones = rows.map((row) => row.phone_number);
        assert.equal(await cancelStopped(tx, phones, clock.now()), BATCH);
      });
      assert.ok(read < 10 * BATCH, `${read} rows`);
    });
  });

  it('are each read a few times when the rest is cancelled', async () => {
    assert.ok(
      (await readOf((tx) => cancelWaiting(tx, campaignId, { rule: 'stopped', prices: testPrices }))) <
        10 * AUDIENCE,
    );
  });
});
