import assert from 'node:assert/strict';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { nextDue, type OrchestratorParts, takeTurn } from './orchestrate.ts';
import {
  insertCampaign,
  insertContacts,
  insertSenders,
  MORNING,
  sendQueued,
  statesOf,
  testParts,
  wrongCounts,
} from './test-campaigns.ts';

const OURS = 'whatsapp:+16465550101';
const SID = `HX${'0'.repeat(32)}`;
const ofWhatsApp = {
  senderPool: 'chats',
  messagesPerSecond: 50,
  variants: [
    {
      name: 'A',
      bodies: { en: `Hello {{1}}: ${'a long text. '.repeat(30)}`, es: 'Hola {{1}}' },
      templates: {
        en: { contentSid: SID, variables: { 1: '{{name|there}}' } },
        es: { contentSid: SID, variables: { 1: '{{name|amigo}}' } },
      },
    },
  ],
};

describe('Campaigns that go by WhatsApp', () => {
  let database: TestDatabase;
  let pool: Pool;
  let service: Pool;
  let clock: ManualClock;
  let parts: OrchestratorParts;
  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
    service = createPool(database.configFor('campaigns'), () => undefined);
  });
  after(async () => {
    await service.end();
    await database.drop();
  });
  beforeEach(async () => {
    clock = new ManualClock(MORNING);
    parts = testParts(clock);
    await emptyTables(
      pool,
      `campaign, campaign_contact, campaign_count, campaign_guard, campaign_spend, campaign_variant_spend, contact, contact_list, list_member,
       phone, message, attempt, outbox, consent_standing, suppression, decision, decision_inputs, sender, sender_pool,
       sender_day, sticky_sender, short_link`,
    );
  });

  const turns = async (seconds: number): Promise<void> => {
    for (let left = seconds * 1_000; ; ) {
      while ((await takeTurn(service, parts)) !== null);
      const due = await nextDue(pool);
      const ms = due === null ? Number.POSITIVE_INFINITY : Math.max(1, due.getTime() - clock.now().getTime());
      if (ms > left) return;
      left -= ms;
      await clock.advance(ms);
      await sendQueued(pool);
    }
  };
  const messages = async (): Promise<{ sender_number: string; segments: number; template: unknown }[]> =>
    (await pool.query('SELECT sender_number, segments, template FROM message ORDER BY phone_number')).rows;

  it('plan templates, filled for each person, from the numbers there, each as one message', async () => {
    await insertSenders(pool, 'chats', 1, { rate: 80, number: OURS });
    const list = await insertContacts(pool, 2);
    const campaignId = await insertCampaign(pool, clock.now(), { include: [list], definition: ofWhatsApp });
    await turns(60);
    assert.deepEqual(await statesOf(pool, campaignId), { sent: 2 });
    assert.deepEqual(
      await messages(),
      ['Ana 0', 'Ana 1'].map((name) => ({
        sender_number: OURS,
        segments: 1,
        template: { contentSid: SID, variables: { 1: name } },
      })),
    );
    const { rows } = await pool.query<{ body: string }>('SELECT body FROM message ORDER BY phone_number');
    assert.match(rows[0]?.body ?? '', /^Hello Ana 0: a long text\./);
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('are paid for by the message, at the price of WhatsApp', async () => {
    const { prices } = parts;
    await insertSenders(pool, 'chats', 1, { rate: 80, number: OURS });
    const campaignId = await insertCampaign(pool, clock.now(), {
      include: [await insertContacts(pool, 3)],
      definition: ofWhatsApp,
    });
    while ((await takeTurn(service, parts)) !== null);
    await clock.advance(2_000);
    while ((await takeTurn(service, parts)) !== null);
    await pool.query(
      `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, channel)
       SELECT gen_random_uuid(), message_id, phone_number, 'twilio', sender_number, 'accepted', 'sms' FROM message`,
    );
    await sendQueued(pool);
    await turns(60);
    const { rows } = await pool.query(
      'SELECT micros::float8 AS micros, segments::float8 AS segments FROM campaign_spend WHERE campaign_id = $1',
      [campaignId],
    );
    assert.deepEqual(rows, [{ micros: 3 * prices.whatsapp.twilio.micros, segments: 3 }]);
    assert.notEqual(prices.whatsapp.twilio.micros, prices.segment.twilio.micros);
  });

  it('stop before they cost more than their budget, by that price', async () => {
    const { prices } = parts;
    await insertSenders(pool, 'chats', 1, { rate: 80, number: OURS });
    const campaignId = await insertCampaign(pool, clock.now(), {
      include: [await insertContacts(pool, 5)],
      definition: { ...ofWhatsApp, budget: (2 * prices.whatsapp.twilio.micros) / 1_000_000 },
    });
    while ((await takeTurn(service, parts)) !== null);
    await clock.advance(2_000);
    while ((await takeTurn(service, parts)) !== null);
    const states = await statesOf(pool, campaignId);
    assert.deepEqual([states.queued, states.pending], [2, 3]);
  });

  it('write to nobody whose values leave a place empty, and say so', async () => {
    await insertSenders(pool, 'chats', 1, { rate: 80, number: OURS });
    const [variant] = ofWhatsApp.variants;
    const campaignId = await insertCampaign(pool, clock.now(), {
      include: [await insertContacts(pool, 1)],
      definition: {
        ...ofWhatsApp,
        variants: [
          { ...variant, templates: { en: { contentSid: SID, variables: { 1: '{{external_id| }}' } } } },
        ],
      },
    });
    await turns(60);
    assert.deepEqual(await statesOf(pool, campaignId), { 'skipped:blank_variable': 1 });
    assert.deepEqual(await messages(), []);
  });

  it('write to nobody whose values make the template longer than WhatsApp takes', async () => {
    await insertSenders(pool, 'chats', 1, { rate: 80, number: OURS });
    const filledTo = (length: number) => ({
      name: 'A',
      bodies: { en: `${'x'.repeat(900)}{{1}}` },
      templates: { en: { contentSid: SID, variables: { 1: 'y'.repeat(length - 900) } } },
    });
    const ends = [];
    for (const length of [1_024, 1_025]) {
      const campaignId = await insertCampaign(pool, clock.now(), {
        include: [await insertContacts(pool, 1, length)],
        definition: { ...ofWhatsApp, variants: [filledTo(length)] },
      });
      await turns(60);
      ends.push(await statesOf(pool, campaignId));
    }
    assert.deepEqual(ends, [{ sent: 1 }, { 'skipped:too_long': 1 }]);
  });

  /** Nobody of it is looked at, and the campaign says why. */
  const waits = async (campaignId: string): Promise<void> => {
    assert.deepEqual([await statesOf(pool, campaignId), await messages()], [{ pending: 2 }, []]);
    assert.equal((await pool.query('SELECT FROM decision')).rowCount, 0);
    const { rows } = await pool.query('SELECT reason FROM campaign WHERE campaign_id = $1', [campaignId]);
    assert.match(rows[0]?.reason ?? '', /^Waits: none of its numbers is of the channel/);
  };

  it('plan nothing from numbers for texts, where those took the place of the pool since', async () => {
    await insertSenders(pool, 'chats', 1, { rate: 80 });
    const campaignId = await insertCampaign(pool, clock.now(), {
      include: [await insertContacts(pool, 2)],
      definition: ofWhatsApp,
    });
    await turns(30);
    await waits(campaignId);
  });

  it('nor do campaigns by text from numbers on WhatsApp', async () => {
    await insertSenders(pool, 'chats', 1, { rate: 80, number: OURS });
    const campaignId = await insertCampaign(pool, clock.now(), {
      include: [await insertContacts(pool, 2)],
      definition: { senderPool: 'chats', messagesPerSecond: 50 },
    });
    await turns(30);
    await waits(campaignId);
  });
});
