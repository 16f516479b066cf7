import assert from 'node:assert/strict';
import type { CampaignCommand } from '#shared/campaigns/lifecycle.ts';
import { priceSettings, pricesFrom } from '#shared/campaigns/prices.ts';
import { readSpend } from '#shared/campaigns/spend.ts';
import { readCampaign } from '#shared/campaigns/store.ts';
import { tellCampaign } from '#shared/campaigns/tell.ts';
import { testCalling } from '#shared/campaigns/test-calling.ts';
import { readConfig } from '#shared/config.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { callScriptSchema, transcriptOf } from '#shared/voice/call-script.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { type OrchestratorParts, takeTurn } from './orchestrate.ts';
import {
  insertCampaign,
  insertContacts,
  insertSenders,
  MORNING,
  ofCalls,
  sendQueued,
  testParts,
  wrongCounts,
} from './test-campaigns.ts';

describe('A campaign of calls', () => {
  let database: TestDatabase;
  let pool: Pool;
  /** As the service has it. */
  let ofTurns: Pool;
  let clock: ManualClock;
  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
    ofTurns = createPool({ ...database.configFor('campaigns'), max: 2, pipeline: true }, () => undefined);
  });
  after(async () => {
    await ofTurns.end();
    await database.drop();
  });
  beforeEach(async () => {
    clock = new ManualClock(MORNING);
    await emptyTables(
      pool,
      `campaign, campaign_contact, campaign_count, campaign_spend, campaign_variant_spend, contact, contact_list, list_member,
       phone, message, attempt, outbox, consent_standing, suppression, decision, decision_inputs, sender, sender_pool, sticky_sender`,
    );
  });

  const begin = async (
    more: { contacts?: number; granted?: string[]; definition?: object; type?: string } = {},
  ): Promise<string> => {
    const list = await insertContacts(pool, more.contacts ?? 3, 0, more.granted);
    return insertCampaign(pool, clock.now(), {
      include: [list],
      type: more.type ?? 'voice',
      definition: { ...ofCalls, ...more.definition },
    });
  };
  const tell = (campaignId: string, command: CampaignCommand) =>
    inTransaction(pool, (tx) => tellCampaign(tx, campaignId, command, { now: clock.now() }));
  const states = async (campaignId: string): Promise<Record<string, number>> => {
    const { rows } = await pool.query<{ state: string; n: number }>(
      `SELECT state || coalesce(':' || rule, '') AS state, count(*)::int AS n FROM campaign_contact WHERE campaign_id = $1 GROUP BY 1`,
      [campaignId],
    );
    return Object.fromEntries(rows.map(({ n, state }) => [state, n]));
  };
  const turns = async (parts: OrchestratorParts): Promise<void> => {
    while ((await takeTurn(ofTurns, parts)) !== null);
  };
  /** Lets seconds pass, one by one. */
  const pass = async (seconds: number, parts: OrchestratorParts): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      await clock.advance(1_000);
      await turns(parts);
    }
  };
  const calling = (more: Partial<OrchestratorParts['calls']> = {}): OrchestratorParts =>
    testParts(clock, { calls: { ...testCalling, ...more } });

  it('writes each person the script of their call, and gives their phone its turn in the queue of calls', async () => {
    const campaignId = await begin();
    const parts = calling({ callsPerSecond: 10 });
    await turns(parts);
    await pass(2, parts);
    assert.deepEqual(await states(campaignId), { queued: 3 });
    const { rows } = await pool.query<{
      channel: string;
      body: string;
      call: unknown;
      segments: number;
      lane: string;
    }>('SELECT channel, body, call, segments, lane FROM message ORDER BY ordinal');
    const [first] = rows;
    assert.ok(first);
    const script = callScriptSchema.parse(first.call);
    assert.deepEqual(script.message, { say: 'Hello Ana, the clinic is open.' });
    assert.deepEqual(
      [first.channel, first.body, first.segments, first.lane],
      ['voice', transcriptOf(script), 1, 'bulk'],
    );
    const { rows: queued } = await pool.query('SELECT target, count(*)::int AS n FROM outbox GROUP BY 1');
    assert.deepEqual(queued, [{ target: 'voice.fifo', n: 3 }]);
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('calls nobody who agreed to texts alone', async () => {
    const campaignId = await begin({ granted: ['informational'] });
    const parts = calling();
    await turns(parts);
    await pass(1, parts);
    assert.deepEqual(await states(campaignId), { 'blocked:no_voice_consent': 3 });
    const { rows } = await pool.query('SELECT DISTINCT channel, verdict FROM decision');
    assert.deepEqual(rows, [{ channel: 'voice', verdict: 'block' }]);
  });

  it('plans no faster than the account begins calls, whatever the campaign or the pace of texts say', async () => {
    const campaignId = await begin({ contacts: 40, definition: { messagesPerSecond: 50 } });
    const parts = calling({ callsPerSecond: 2 });
    await turns(parts);
    for (let second = 1; second <= 10; second += 1) {
      await pass(1, parts);
      // What a moment brings is kept: two seconds.
      assert.ok(((await states(campaignId)).queued ?? 0) <= 2 * (second + 2), String(second));
    }
    assert.ok(((await states(campaignId)).queued ?? 0) >= 20);
  });

  it('plans no more ahead than lines will be free for', async () => {
    const campaignId = await begin({
      contacts: 100,
      definition: { call: { ...ofCalls.call, concurrentCalls: 3 } },
    });
    const parts = calling({ callsPerSecond: 10 });
    await turns(parts);
    await pass(10, parts);
    assert.equal((await states(campaignId)).queued, 6);
    await sendQueued(pool);
    await pass(5, parts);
    assert.deepEqual(await states(campaignId), { sent: 6, queued: 6, pending: 88 });
  });

  it('takes back what is queued when it is paused, and goes on where it was', async () => {
    const campaignId = await begin({ contacts: 5 });
    const parts = calling({ callsPerSecond: 10 });
    await turns(parts);
    await pass(1, parts);
    await tell(campaignId, 'pause');
    assert.deepEqual(await states(campaignId), { pending: 5 });
    await tell(campaignId, 'resume');
    await pass(3, parts);
    assert.deepEqual(await states(campaignId), { queued: 5 });
    const { rows } = await pool.query(
      `SELECT state, count(*)::int AS n FROM message GROUP BY state ORDER BY state`,
    );
    assert.deepEqual(rows, [
      { state: 'cancelled', n: 5 },
      { state: 'queued', n: 5 },
    ]);
  });

  it('leaves out whose values make no call, and calls the others', async () => {
    const campaignId = await begin({
      definition: {
        variants: [{ name: 'A', calls: { en: { message: { say: 'Hi {{clinic}}' } } } }],
      },
    });
    await pool.query(
      `UPDATE contact SET attributes = CASE phone_number
         WHEN '+12125550000' THEN '{}' WHEN '+12125550001' THEN jsonb_build_object('clinic', repeat('x', 2000))
         ELSE '{"clinic": "North"}' END::jsonb`,
    );
    const parts = calling({ callsPerSecond: 10 });
    await turns(parts);
    await pass(1, parts);
    assert.deepEqual(await states(campaignId), {
      'skipped:missing_clinic': 1,
      'skipped:too_long': 1,
      queued: 1,
    });
  });

  it('calls from numbers of its pool that can, and leaves whom others write to with their numbers', async () => {
    const senders = await insertSenders(pool, 'flu', 2, { rate: 1 });
    await pool.query(`UPDATE sender SET type = 'short_code' WHERE sender_number = $1`, [senders[0]]);
    await pool.query(`INSERT INTO sticky_sender VALUES ('flu', '+12125550000', $1)`, [senders[0]]);
    const campaignId = await begin({ definition: { senderPool: 'flu' } });
    const parts = calling({ callsPerSecond: 10 });
    await turns(parts);
    await pass(2, parts);
    assert.deepEqual(await states(campaignId), { queued: 3 });
    const { rows } = await pool.query('SELECT DISTINCT sender_number FROM message');
    assert.deepEqual(rows, [{ sender_number: senders[1] }]);
    const { rows: kept } = await pool.query(
      'SELECT phone_number, sender_number FROM sticky_sender ORDER BY phone_number',
    );
    assert.deepEqual(kept, [
      { phone_number: '+12125550000', sender_number: senders[0] },
      { phone_number: '+12125550001', sender_number: senders[1] },
      { phone_number: '+12125550002', sender_number: senders[1] },
    ]);
  });

  it('waits, and says why, while none of its numbers can call', async () => {
    const [sender] = await insertSenders(pool, 'flu', 1, { rate: 1 });
    const campaignId = await begin({ definition: { senderPool: 'flu' } });
    await pool.query('UPDATE sender SET halted_at = now(), halted_reason = $1, halted_by = $1', ['somebody']);
    const parts = calling();
    await turns(parts);
    const reason = async () => (await readCampaign(pool, campaignId))?.reason;
    assert.equal(await reason(), `Waits: the number that it calls from, ${sender}, is halted.`);
    await pool.query(
      `UPDATE sender SET halted_at = NULL, halted_reason = NULL, halted_by = NULL, carrier = 'vonage'`,
    );
    await pass(16, parts);
    assert.equal(await reason(), 'Waits: none of its numbers can make calls.');
    assert.deepEqual(await states(campaignId), { pending: 3 });
  });

  it('pays for calls by the minute, and makes none that its budget does not allow', async () => {
    // A minute and what the listening costs: 2.15 cents each.
    const campaignId = await begin({ contacts: 10, definition: { budget: 0.1 } });
    const prices = { CALL_MINUTE_PRICES: 'twilio=0.014', CALL_DETECTION_PRICES: 'twilio=0.0075' };
    const parts = {
      ...calling({ callsPerSecond: 10 }),
      prices: pricesFrom(readConfig(priceSettings, prices)),
    };
    await turns(parts);
    await pass(2, parts);
    assert.deepEqual(await states(campaignId), { queued: 4, pending: 6 });
    await sendQueued(pool);
    await pool.query(
      `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, state, channel, sender_number)
       SELECT gen_random_uuid(), message_id, phone_number, 'twilio', 'accepted', 'voice', sender_number FROM message WHERE state = 'sent'`,
    );
    await pass(2, parts);
    assert.equal((await readCampaign(pool, campaignId))?.status, 'paused');
    const { mediaMessages, micros, segments } = await readSpend(pool, campaignId);
    assert.deepEqual([segments, mediaMessages, micros], [0, 0, 4 * 21_500]);
  });
});
