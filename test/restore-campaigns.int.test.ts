import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { campaignMessageId } from '#shared/identity.ts';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { takeTurn } from '../apps/campaigns/orchestrate.ts';
import {
  insertCampaign,
  insertContacts,
  insertSenders,
  MORNING,
  ofCalls,
  passTime,
  sendQueued,
  statesOf,
  testParts,
  wrongCounts,
} from '../apps/campaigns/test-campaigns.ts';
import { settleAfterRestore } from '../apps/ops/restore/settle.ts';

const MINUTE = 60_000;
/** A text; one more where nobody answers it, and a call where nobody answers that. */
const ladder = [
  { channel: 'sms' },
  { channel: 'sms', after: ['no_reply'], answerWithinMinutes: 10, bodies: { en: 'Will you come?' } },
  { channel: 'voice', after: ['no_reply'], answerWithinMinutes: 10 },
];
const [called] = ofCalls.variants;
const onLadder = {
  variants: [{ ...called, bodies: { en: 'Hi {{first_name}}, the clinic is open.' } }],
  call: ofCalls.call,
  maxAttempts: 3,
  ladder,
};

/** The database as it is after a restore to a moment before a campaign had written to some, of which the stream of the log knows. */
describe('A campaign, after the database was set back', () => {
  let database: TestDatabase;
  let pool: Pool;
  /** As the service has it. */
  let ofTurns: Pool;
  let clock: ManualClock;
  let contacts: { contact_id: string; phone_number: string }[];

  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
    ofTurns = createPool({ ...database.configFor('campaigns'), max: 2, pipeline: true }, () => undefined);
    await pool.query(
      `INSERT INTO inbound_watch (carrier, alive_at, swept_at) VALUES ('twilio', now(), now() + interval '1 hour')`,
    );
  });
  after(async () => {
    await ofTurns.end();
    await database.drop();
  });
  beforeEach(async () => {
    clock = new ManualClock(MORNING);
    await emptyTables(
      pool,
      `campaign, campaign_contact, campaign_count, campaign_step, campaign_spend, campaign_variant_spend, campaign_call,
       campaign_delivery, contact, contact_list, list_member, phone, message, message_log, call_log, attempt, outbox, sender,
       sender_pool, sticky_sender, consent_standing, suppression, decision, decision_inputs`,
    );
  });

  const parts = () => testParts(clock);
  const turns = async (): Promise<void> => {
    while ((await takeTurn(ofTurns, parts())) !== null);
  };
  const pass = (ms: number, sends = false) =>
    passTime(clock, ms, { admin: pool, pool: ofTurns, turns, sends });
  const settle = () =>
    settleAfterRestore(
      pool,
      { since: new Date(Date.now() - 60 * MINUTE), until: new Date() },
      async () => null,
    );

  async function begun(count: number, more: { definition?: object; type?: string } = {}): Promise<string> {
    const list = await insertContacts(pool, count);
    const campaignId = await insertCampaign(pool, clock.now(), { include: [list], ...more });
    const { rows } = await pool.query('SELECT contact_id, phone_number FROM contact ORDER BY phone_number');
    contacts = rows;
    return campaignId;
  }

  /** What replaying the stream says of what the campaign had sent to the n-th contact: its plan, from 0. */
  async function went(
    campaignId: string,
    nth: number,
    plan: number,
    as: {
      channel?: 'sms' | 'voice';
      isRefused?: boolean;
      onlyStatus?: boolean;
      from?: string;
      at?: Date;
    } = {},
  ): Promise<string> {
    const each = contacts[nth] ?? assert.fail('there is no such contact');
    const messageId = campaignMessageId(campaignId, each.contact_id, plan);
    const logId = randomUUID();
    const isKnown = as.onlyStatus !== true;
    await pool.query(
      `INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, our_number, body, message_id,
                                attempt_id, segments, status, status_rank, status_at)
       VALUES ($1, 'twilio', $2, $3, $4, $5, $6, $7, $8, 1, $9, 50, $10)`,
      [
        logId,
        as.isRefused ? null : `SM${messageId}`,
        isKnown ? 'outbound' : null,
        each.phone_number,
        isKnown ? (as.from ?? '+16465550101') : null,
        isKnown ? 'as it was said' : null,
        messageId,
        randomUUID(),
        as.isRefused ? 'failed' : 'sent',
        as.at ?? new Date(),
      ],
    );
    if (as.channel === 'voice') await pool.query('INSERT INTO call_log (log_id) VALUES ($1)', [logId]);
    return messageId;
  }

  /** Of a campaign's messages that were written anew: their phones, and by which channel. */
  const writtenAnew = async (): Promise<string[]> => {
    const { rows } = await pool.query<{ written: string }>(
      `SELECT phone_number || ' ' || channel AS written FROM message WHERE rule IS DISTINCT FROM 'sent_before_restore' ORDER BY ordinal, 1`,
    );
    return rows.map(({ written }) => written);
  };
  const phoneOf = (nth: number): string => contacts[nth]?.phone_number ?? assert.fail();

  it('writes to nobody again whom the message log knows it wrote to, and counts them as written to', async () => {
    await insertSenders(pool, null, 1, { rate: 10 });
    const campaignId = await begun(5);
    await went(campaignId, 0, 0);
    await went(campaignId, 1, 0);
    // Of the third only a status came: its own record was lost with the outbox.
    await went(campaignId, 2, 0, { onlyStatus: true });
    assert.deepEqual(await settle(), { known: 3, doubted: 0 });
    await pass(30_000);
    assert.equal(await sendQueued(pool), 2, 'only who was not written to is');
    await pass(30_000);
    assert.deepEqual(await statesOf(pool, campaignId), { sent: 5 });
    assert.deepEqual(await wrongCounts(pool), []);
    const { rows } = await pool.query(
      `SELECT body, count(*)::int AS n, bool_and(campaign_id = $1 AND cause_id IN (SELECT contact_id FROM contact)) AS ours
         FROM message WHERE rule = 'sent_before_restore' GROUP BY body ORDER BY n`,
      [campaignId],
    );
    assert.deepEqual(
      rows.map(({ n, ours }) => ({ n, ours })),
      [
        { n: 1, ours: true },
        { n: 2, ours: true },
      ],
    );
    assert.equal(rows[1]?.body, 'as it was said');
    assert.match(String(rows[0]?.body), /the clinic is open/);
    const { rows: paid } = await pool.query('SELECT segments::int AS segments FROM campaign_spend');
    assert.deepEqual(paid, [{ segments: 5 }]);
  });

  it('writes to nobody again whose message had been held, taken back or refused before one went', async () => {
    const campaignId = await begun(5);
    const planOf = [1, 2, 40, 200];
    for (const [nth, plan] of planOf.entries()) await went(campaignId, nth, plan);
    // The carrier had refused the one before.
    await went(campaignId, 1, 1, { isRefused: true });
    assert.deepEqual(await settle(), { known: 4, doubted: 0 });
    await pass(10_000, true);
    assert.deepEqual(await writtenAnew(), [`${phoneOf(4)} sms`]);
    assert.deepEqual(await statesOf(pool, campaignId), { sent: 5 });
    assert.deepEqual(await wrongCounts(pool), []);
    const { rows } = await pool.query(
      `SELECT plans, attempts FROM campaign_contact WHERE campaign_id = $1 ORDER BY phone_number`,
      [campaignId],
    );
    // The next, if there is one, is under an id that nothing has gone under.
    assert.deepEqual(rows, [
      ...planOf.map((plan) => ({ plans: plan + 1, attempts: 1 })),
      { plans: 1, attempts: 1 },
    ]);
  });

  it('takes over all that went to somebody, pays for it, and stands by the last', async () => {
    const campaignId = await begun(1, { definition: { maxAttempts: 3 } });
    for (const plan of [0, 2]) await went(campaignId, 0, plan);
    const last = await went(campaignId, 0, 3);
    assert.deepEqual(await settle(), { known: 3, doubted: 0 });
    await pass(10_000, true);
    assert.deepEqual(await writtenAnew(), []);
    const { rows } = await pool.query(
      `SELECT state, plans, attempts, message_id, (SELECT count(*)::int FROM message WHERE campaign_id = $1) AS messages,
              (SELECT segments::int FROM campaign_spend) AS segments FROM campaign_contact`,
      [campaignId],
    );
    assert.deepEqual(rows, [
      { state: 'sent', plans: 4, attempts: 3, message_id: last, messages: 3, segments: 3 },
    ]);
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('counts whoever has said STOP since, or lacks what the text needs now, as written to', async () => {
    const campaignId = await begun(3);
    for (const nth of [0, 1]) await went(campaignId, nth, 1);
    await pool.query(
      `INSERT INTO suppression (phone_number, scope, change_id, source, reason, added_at)
       SELECT phone_number, 'sender', gen_random_uuid(), 'admin_import', 'a list', $2 FROM unnest($1::text[]) AS phone_number`,
      [[phoneOf(0), phoneOf(2)], clock.now()],
    );
    await pool.query('UPDATE contact SET name = NULL WHERE phone_number = $1', [phoneOf(1)]);
    assert.deepEqual(await settle(), { known: 2, doubted: 0 });
    await pass(10_000, true);
    assert.deepEqual(await statesOf(pool, campaignId), { sent: 2, 'blocked:suppressed': 1 });
    assert.deepEqual(await wrongCounts(pool), []);
    const { rows } = await pool.query('SELECT phone_number FROM decision');
    assert.deepEqual(
      rows.map((row) => row.phone_number),
      [phoneOf(2)],
      'of what went nothing is decided again',
    );
  });

  for (const how of ['ends', 'is stopped'] as const) {
    it(`counts as written to whom it wrote to, also where it ${how} before it comes to them`, async () => {
      const campaignId = await begun(3);
      // Loaded by then, and on a day on which nothing may go.
      await pool.query(
        `UPDATE campaign SET definition = definition || '{"windows": [{"days": [1], "from": "09:00", "to": "12:00"}]}'`,
      );
      await pass(5_000);
      assert.deepEqual(Object.values(await statesOf(pool, campaignId)), [3]);
      for (const plan of [0, 1]) await went(campaignId, 0, plan);
      await went(campaignId, 1, 3);
      assert.deepEqual(await settle(), { known: 3, doubted: 0 });
      await pool.query(
        how === 'ends'
          ? 'UPDATE campaign SET end_at = $1, due_at = $1'
          : `UPDATE campaign SET status = 'stopped', ended_at = $1, due_at = $1`,
        [clock.now()],
      );
      await pass(5_000);
      assert.deepEqual(await writtenAnew(), []);
      assert.deepEqual(await statesOf(pool, campaignId), {
        sent: 2,
        [how === 'ends' ? 'cancelled:ended' : 'cancelled:stopped']: 1,
      });
      const { rows } = await pool.query(
        `SELECT attempts, plans, (SELECT segments::int FROM campaign_spend) AS segments FROM campaign_contact ORDER BY phone_number`,
      );
      assert.deepEqual(rows, [
        { attempts: 2, plans: 2, segments: 3 },
        { attempts: 1, plans: 4, segments: 3 },
        { attempts: 0, plans: 0, segments: 3 },
      ]);
      assert.deepEqual(await wrongCounts(pool), []);
    });
  }

  it('says of one of whom only a status is known which of its numbers it plans for them, and when it went', async () => {
    const numbers = await insertSenders(pool, 'clinic', 3, { rate: 10, first: 4 });
    await insertSenders(pool, null, 1, { rate: 10 });
    const campaignId = await begun(20, { definition: { senderPool: 'clinic' } });
    const at = new Date(MORNING.getTime() - 30 * MINUTE);
    for (const nth of contacts.keys()) await went(campaignId, nth, 0, { onlyStatus: true, at });
    assert.deepEqual(await settle(), { known: 20, doubted: 0 });
    const { rows: unknown } = await pool.query(
      `SELECT DISTINCT message.sender_number, attempt.sender_number AS asked, message.created_at, posted_at, touched_at
         FROM message JOIN attempt USING (message_id)`,
    );
    assert.deepEqual(unknown, [
      { sender_number: '', asked: '', created_at: at, posted_at: at, touched_at: at },
    ]);
    await pass(10_000, true);
    assert.deepEqual(await writtenAnew(), []);
    const { rows } = await pool.query<{ kept: boolean; sender_number: string }>(
      `SELECT message.sender_number, bool_and(message.sender_number = sticky_sender.sender_number) AS kept
         FROM message LEFT JOIN sticky_sender USING (phone_number) GROUP BY 1 ORDER BY 1`,
    );
    assert.deepEqual(
      rows,
      numbers.map((sender_number) => ({ sender_number, kept: true })),
    );
  });

  it('has a message that waited then taken back, where one that was planned in its place went', async () => {
    const campaignId = await begun(2);
    await pass(5_000);
    assert.equal((await writtenAnew()).length, 2);
    await went(campaignId, 0, 1);
    assert.deepEqual(await settle(), { known: 1, doubted: 1 }, 'the other may have gone');
    await pass(10_000, true);
    const { rows } = await pool.query(
      `SELECT each.state, message.rule, count(*)::int AS n FROM campaign_contact AS each JOIN message USING (message_id) GROUP BY 1, 2 ORDER BY 1`,
    );
    assert.deepEqual(rows, [
      { state: 'queued', rule: null, n: 1 },
      { state: 'sent', rule: 'sent_before_restore', n: 1 },
    ]);
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('has one taken back too whose request was under way, and was refused before the later one went', async () => {
    const campaignId = await begun(1);
    await pass(5_000);
    await pool.query(`UPDATE message SET state = 'posting', attempts = 1`);
    await pool.query(
      `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, posted_at, touched_at)
       SELECT gen_random_uuid(), message_id, phone_number, 'twilio', sender_number, 'posting', now() - interval '30 minutes', now() FROM message`,
    );
    await went(campaignId, 0, 1);
    assert.deepEqual(await settle(), { known: 1, doubted: 0 });
    const { rows: requests } = await pool.query(
      `SELECT state, ended_at IS NOT NULL AS is_over, touched_at FROM attempt WHERE carrier_message_id IS NULL`,
    );
    assert.deepEqual(requests, [{ state: 'not_sent', is_over: true, touched_at: null }]);
    await pass(10_000, true);
    assert.deepEqual(await statesOf(pool, campaignId), { sent: 1 });
    const { rows } = await pool.query('SELECT state, rule FROM message ORDER BY state');
    assert.deepEqual(rows, [
      { state: 'cancelled', rule: 'campaign_stopped' },
      { state: 'sent', rule: 'sent_before_restore' },
    ]);
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('calls nobody again', async () => {
    const campaignId = await begun(2, { definition: ofCalls, type: 'voice' });
    await went(campaignId, 0, 1, { channel: 'voice' });
    assert.deepEqual(await settle(), { known: 1, doubted: 0 });
    await pass(10_000, true);
    assert.deepEqual(await writtenAnew(), [`${phoneOf(1)} voice`]);
    assert.deepEqual(await statesOf(pool, campaignId), { sent: 2 });
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('repeats no step of a ladder that went, and goes on with those that did not', async () => {
    const campaignId = await begun(5, { definition: onLadder, type: 'hybrid' });
    // All three; the texts, planned more than once; the first text; the call, whose texts were refused.
    for (const [plan, channel] of (['sms', 'sms', 'voice'] as const).entries())
      await went(campaignId, 0, plan, { channel });
    for (const plan of [1, 4]) await went(campaignId, 1, plan);
    await went(campaignId, 2, 0);
    await went(campaignId, 3, 0, { channel: 'voice' });
    assert.deepEqual(await settle(), { known: 7, doubted: 0 });
    await pass(60 * MINUTE, true);
    const anew = new Map<string, string[]>();
    for (const [nth] of contacts.entries()) {
      const theirs = (await writtenAnew()).filter((each) => each.startsWith(phoneOf(nth)));
      anew.set(`${nth}`, theirs.map((each) => each.split(' ')[1] ?? '').sort());
    }
    assert.deepEqual(Object.fromEntries(anew), {
      0: [],
      1: ['voice'],
      2: ['sms', 'voice'],
      3: ['sms', 'sms'],
      4: ['sms', 'sms', 'voice'],
    });
    const { rows } = await pool.query(
      `SELECT step, count(*)::int AS n FROM message WHERE campaign_id = $1 GROUP BY step ORDER BY step`,
      [campaignId],
    );
    assert.deepEqual(
      rows,
      [0, 1, 2].map((step) => ({ step, n: 5 })),
    );
    assert.deepEqual(await wrongCounts(pool), []);
  });
});
