import assert from 'node:assert/strict';
import { endingSettings, sharesFrom } from '#shared/campaigns/expected-steps.ts';
import { priceSettings, pricesFrom } from '#shared/campaigns/prices.ts';
import { readConfig } from '#shared/config.ts';
import { sampleLinkMaker } from '#shared/links/token.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

const PHONE = '+12125550101';
const SID = `HX${'0'.repeat(32)}`;
const APPROVED = {
  name: 'A',
  bodies: { en: 'Hello {{1}}, the clinic is open. 😀 '.repeat(5).trim() },
  templates: { en: { contentSid: SID, variables: { 1: '{{name|there}}' } } },
};

describe('A campaign that goes by WhatsApp, through the API', () => {
  let database: TestDatabase;
  let api: TestApi;
  let list: string;
  before(async () => {
    database = await createDatabase();
    api = await startTestApi(database, {
      carriers: ['twilio'],
      outlook: {
        usualPace: 1,
        endingShares: sharesFrom(readConfig(endingSettings, {})),
        slots: { sms: 10, voice: 5 },
        sampleLinks: sampleLinkMaker('https://go.example.org'),
      },
      prices: pricesFrom(readConfig(priceSettings, { SEGMENT_PRICES: 'twilio=0.0079' })),
    });
    // Noon in New York.
    api.clock.skip(Date.parse('2026-11-30T17:00:00.000Z') - api.clock.now().getTime());
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });
  beforeEach(async () => {
    await emptyTables(
      database.adminPool,
      `campaign, campaign_contact, campaign_count, contact, contact_list, list_member, phone, consent_standing, consent_change,
       consent_disclosure, suppression, message, sender, sender_pool, outbox, test_message`,
    );
    await api.send('POST', '/v1/sender-pools', { body: { name: 'chats' } });
    await sender('whatsapp', 'chats');
    const { body } = await api.send('POST', '/v1/contacts', { body: { phoneNumber: PHONE, name: 'Ana' } });
    const made = await api.send('POST', '/v1/lists', { body: { name: 'Everybody' } });
    list = made.body.id;
    await api.send('POST', `/v1/lists/${list}/members`, { body: { contactIds: [body.id] } });
    await database.adminPool.query(
      'INSERT INTO list_member (list_id, contact_id, added_at) VALUES ($1, $2, now()) ON CONFLICT DO NOTHING',
      [list, body.id],
    );
    await api.send('POST', '/v1/consents', {
      body: {
        ...{
          phoneNumber: PHONE,
          granted: ['informational'],
          wording: 'I agree',
          affirmativeAction: 'ticked',
        },
        givenAt: '2026-01-01T00:00:00Z',
      },
    });
  });

  const sender = (type: string, pool: string, senderNumber = '+14155550110') =>
    api.send('POST', '/v1/senders', { body: { senderNumber, type, pool } });
  const draft = async (definition: object = {}, more: object = {}): Promise<string> => {
    const { body, status } = await api.send('POST', '/v1/campaigns', {
      body: {
        ...{ name: 'Flu shots', type: 'sms', intent: 'transactional' },
        definition: {
          audience: { include: [list] },
          variants: [APPROVED],
          senderPool: 'chats',
          windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '09:00', to: '17:00' }],
          timeZone: 'America/New_York',
          ...definition,
        },
        ...more,
      },
    });
    assert.equal(status, 201, JSON.stringify(body));
    return body.id;
  };
  const check = async (id: string) => {
    const { body } = await api.send('GET', `/v1/campaigns/${id}/check`);
    return {
      faults: body.faults.map(({ pointer }: { pointer: string }) => pointer),
      warnings: body.warnings.map(({ pointer }: { pointer: string }) => pointer),
    };
  };

  it('may start with a template in each language', async () => {
    const id = await draft();
    assert.deepEqual(await check(id), { faults: [], warnings: [] });
    assert.equal((await api.send('POST', `/v1/campaigns/${id}/start`)).status, 200);
  });

  it('may not start with free text, from numbers for texts, nor with a template that is none', async () => {
    const free = await draft({ variants: [{ name: 'A', bodies: { en: 'Hello' } }] });
    assert.deepEqual((await check(free)).faults, ['/definition/variants/0/templates/en']);
    assert.equal((await api.send('POST', `/v1/campaigns/${free}/start`)).status, 409);
    await api.send('POST', '/v1/sender-pools', { body: { name: 'texts' } });
    await sender('long_code', 'texts');
    assert.deepEqual((await check(await draft({ senderPool: 'texts' }))).faults, ['/definition/senderPool']);
    assert.deepEqual((await check(await draft({ senderPool: null }))).faults, ['/definition/senderNumbers']);
    const mixed = { senderPool: null, senderNumbers: ['+14155550110', 'whatsapp:+14155550110'] };
    assert.deepEqual((await check(await draft(mixed))).faults, ['/definition/senderNumbers']);
    const stranger = { senderPool: null, senderNumbers: ['whatsapp:+14155550119'] };
    assert.deepEqual((await check(await draft(stranger))).faults, ['/definition/senderNumbers/0']);
    const wrong = { ...APPROVED, templates: { en: { contentSid: 'HX1', variables: { 2: 'x' } } } };
    assert.deepEqual((await check(await draft({ variants: [wrong] }))).faults.sort(), [
      '/definition/variants/0/templates/en/contentSid',
      '/definition/variants/0/templates/en/variables/1',
      '/definition/variants/0/templates/en/variables/2',
    ]);
  });

  it('is warned that WhatsApp delivers no marketing in the United States', async () => {
    const { faults, warnings } = await check(await draft({}, { intent: 'marketing' }));
    assert.deepEqual([faults, warnings], [[], ['/intent']]);
  });

  it('is estimated in messages, at a price of messages that nobody has given', async () => {
    const id = await draft();
    const { body, status } = await api.send('GET', `/v1/campaigns/${id}/estimate`);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.segments.total, 1);
    const [price] = body.cost.prices;
    assert.deepEqual(
      [body.cost.amount, price.segment.amount, price.segment.basis],
      ['0.03', '0.03', 'assumed'],
    );
  });

  it('is estimated to wait where its pool has come to have numbers for texts alone, and goes from none of them', async () => {
    const id = await draft();
    await database.adminPool.query('DELETE FROM sender');
    assert.equal((await sender('long_code', 'chats')).status, 201);
    const { body } = await api.send('GET', `/v1/campaigns/${id}/estimate`);
    assert.match(body.pace.waits, /^Waits: none of its numbers is of the channel/);
    const senders = await api.send('GET', `/v1/campaigns/${id}/senders`);
    assert.deepEqual(senders.body.items, []);
  });

  it('is shown as the words of its template, filled, without segments of texts', async () => {
    const { body } = await api.send('POST', `/v1/campaigns/${await draft()}/preview`, { body: {} });
    const [row] = body.items;
    assert.match(row.body, /^Hello Ana, the clinic is open\./);
    assert.deepEqual([row.segments, row.encoding], [1, null]);
  });

  it('is tried out as the template, from the number there', async () => {
    const id = await draft();
    const { body, status } = await api.send('POST', `/v1/campaigns/${id}/test`, {
      body: { to: [PHONE], values: { name: 'Bo' } },
    });
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(body.messages[0].verdict, 'queued');
    const { rows } = await database.adminPool.query('SELECT sender_number, template, segments FROM message');
    assert.deepEqual(rows, [
      {
        sender_number: 'whatsapp:+14155550110',
        template: { contentSid: SID, variables: { 1: 'Bo' } },
        segments: 1,
      },
    ]);
  });

  it('is not tried out as anything else', async () => {
    for (const definition of [
      { variants: [{ name: 'A', bodies: { en: 'Hello' } }] },
      { senderPool: null },
      { variants: [{ ...APPROVED, templates: { en: { contentSid: 'HX1', variables: {} } } }] },
    ]) {
      const tried = await api.send('POST', `/v1/campaigns/${await draft(definition)}/test`, {
        body: { to: [PHONE] },
      });
      assert.equal(tried.status, 409);
      assert.match(tried.body.detail, /cannot be tried out/);
    }
  });
});
