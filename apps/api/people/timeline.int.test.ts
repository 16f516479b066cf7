import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { insertCampaign } from '../../campaigns/test-campaigns.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

const PHONE = phoneNumber('+12125550101');
const OURS = '+14155550100';

describe('What happened to a person, and what may be sent to them, through the API,', () => {
  let database: TestDatabase;
  let api: TestApi;
  before(async () => {
    database = await createDatabase();
    api = await startTestApi(database);
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });
  beforeEach(() =>
    emptyTables(
      database.adminPool,
      `phone, message, attempt, reply, conversation, conversation_note, campaign, campaign_contact, dialog_event_batch, contact,
       consent_change, consent_standing, suppression, decision, decision_inputs, outbox`,
    ),
  );

  const query = (text: string, values: unknown[] = []) => database.adminPool.query(text, values);
  const timeline = async (parameters = '') =>
    (await api.send('GET', `/v1/people/${PHONE}/timeline${parameters}`)).body;
  const kindsOf = (items: { kind: string }[]): string[] => items.map(({ kind }) => kind);

  /** One of each kind, a minute apart, the note last. */
  async function live(): Promise<void> {
    const minute = (n: number): Date => new Date(Date.parse('2026-11-26T10:00:00Z') + n * 60_000);
    await api.send('POST', '/v1/consents', {
      body: {
        phoneNumber: PHONE,
        granted: ['informational'],
        wording: 'Text me.',
        affirmativeAction: 'ticked the box',
        givenAt: minute(0).toISOString(),
      },
    });
    const campaignId = await insertCampaign(database.adminPool, minute(1), { status: 'active', include: [] });
    await query('UPDATE campaign SET started_at = $2 WHERE campaign_id = $1', [campaignId, minute(1)]);
    await query(
      `INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, state, rule, due_at)
       VALUES ($1, gen_random_uuid(), $2, 'held', 'quiet_hours', $3)`,
      [campaignId, PHONE, minute(500)],
    );
    await query(
      `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id, created_at,
                            state, campaign_id)
       VALUES (gen_random_uuid(), $1, 1, 'bulk', 'transactional', $2, 'Flu shots are free.', gen_random_uuid(),
               gen_random_uuid(), $3, 'sent', $4)`,
      [PHONE, OURS, minute(2), campaignId],
    );
    await query(
      `INSERT INTO reply (reply_id, phone_number, our_number, body, carrier, carrier_message_id, received_at, session, taken_as)
       VALUES (gen_random_uuid(), $1, $2, 'Where?', 'twilio', 'SM1', $3, 1, 'people')`,
      [PHONE, OURS, minute(3)],
    );
    const at = minute(4).toISOString();
    const events = [
      { type: 'ADVANCED_TO_NEXT_PROMPT', eventId: randomUUID(), occurredAt: at, prompt: { slug: 'why' } },
      {
        ...{ type: 'DRILL_COMPLETED', eventId: randomUUID(), occurredAt: at },
        ...{ drillInstanceId: randomUUID(), lastPromptResponse: 'b' },
      },
    ];
    // Of the second one nobody wants to see anything.
    for (const [version, of] of [
      [1, events],
      [2, events.slice(0, 1)],
    ] as const) {
      await query(
        `INSERT INTO dialog_event_batch (phone_number, version, command_id, batch, occurred_at)
         VALUES ($1, $2, gen_random_uuid(), $3, $4)`,
        [
          PHONE,
          version,
          JSON.stringify({ version, occurredAt: at, programmeSlug: 'clean-hands', events: of }),
          at,
        ],
      );
    }
    await query(
      `WITH made AS (
         INSERT INTO conversation (conversation_id, phone_number, state, activity_at, created_at)
         VALUES (gen_random_uuid(), $1, 'open', $2, $2) RETURNING conversation_id)
       INSERT INTO conversation_note (conversation_id, body, written_by, written_at)
       SELECT conversation_id, 'Calls back on Monday.', 'ann', $2 FROM made`,
      [PHONE, minute(5)],
    );
  }

  it('is one list, newest first, each with what it is', async () => {
    await live();
    const { items, nextCursor } = await timeline();
    assert.equal(nextCursor, null);
    assert.deepEqual(kindsOf(items), ['note', 'drill', 'text', 'message', 'campaign', 'consent']);
    const [note, drill, text, message, campaign, consent] = items;
    assert.deepEqual(note.note, { body: 'Calls back on Monday.', writtenBy: 'ann' });
    assert.deepEqual(
      [drill.programme, drill.events.map(({ type }: { type: string }) => type)],
      ['clean-hands', ['DRILL_COMPLETED']],
    );
    assert.deepEqual([text.said.direction, text.said.body], ['inbound', 'Where?']);
    assert.deepEqual([message.said.outbound.state, message.said.body], ['sent', 'Flu shots are free.']);
    assert.deepEqual(
      [campaign.campaign.state, campaign.campaign.rule, campaign.campaign.dueAt],
      ['held', 'quiet_hours', '2026-11-26T18:20:00.000Z'],
    );
    assert.deepEqual([consent.consent.status, consent.consent.wording], ['opted_in', 'Text me.']);
  });

  it('is read page by page, and of some kinds alone', async () => {
    await live();
    const whole = (await timeline()).items;
    for (const limit of [1, 2, 4]) {
      const read = [];
      let cursor = '';
      for (;;) {
        const page = await timeline(`?limit=${limit}${cursor}`);
        read.push(...page.items);
        if (page.nextCursor === null) break;
        cursor = `&cursor=${page.nextCursor}`;
      }
      assert.deepEqual(read, whole, String(limit));
    }
    assert.deepEqual(kindsOf((await timeline('?kinds=consent,note')).items), ['note', 'consent']);
    assert.equal((await api.send('GET', `/v1/people/${PHONE}/timeline?kinds=gossip`)).status, 400);
    assert.deepEqual((await api.send('GET', '/v1/people/+12125550109/timeline')).body.items, []);
  });

  it('is said for every kind of message, with when and why not', async () => {
    const said = async (): Promise<Record<string, [string, string]>> => {
      const { body } = await api.send('GET', `/v1/people/${PHONE}/sendable`);
      return Object.fromEntries(
        body.items.map((each: { channel: string; intent: string; verdict: string; rule: string }) => [
          `${each.channel} ${each.intent}`,
          [each.verdict, each.rule],
        ]),
      );
    };
    // Seven in the morning in New York.
    const nobody = await said();
    assert.deepEqual(nobody['sms transactional'], ['block', 'no_consent']);
    assert.equal('sms reply' in nobody, false);
    await live();
    const asleep = await api.send('GET', `/v1/people/${PHONE}/sendable`);
    assert.deepEqual(asleep.body.zones, ['America/New_York']);
    assert.deepEqual((await said())['sms transactional'], ['hold', 'quiet_hours']);
    assert.deepEqual((await said())['sms marketing'], ['block', 'no_written_consent']);
    assert.deepEqual((await said())['voice transactional'], ['block', 'no_voice_consent']);
    api.clock.skip(4 * 60 * 60_000);
    assert.deepEqual((await said())['sms transactional'], ['send', 'allowed']);
    await api.send('POST', `/v1/consents/${PHONE}/opt-out`, {
      body: { method: 'email', originalMessage: 'no more' },
    });
    assert.deepEqual(new Set(Object.values(await said()).map(([verdict]) => verdict)), new Set(['block']));
    // Of a number without a row of its own too, by what is kept under the name of somebody who was erased.
    await query(`DELETE FROM phone`);
    assert.deepEqual((await said())['sms transactional'], ['block', 'suppressed']);
  });
});
