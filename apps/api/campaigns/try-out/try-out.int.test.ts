import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { linkMaker } from '#shared/links/token.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { DEFAULT_SENDER, startTestApi, type TestApi } from '../../test-api.ts';

/** Area code 415: Pacific Time. The clock begins at 04:00 there. */
const TESTER = '+14155550101';
const NOON = new Date('2026-11-26T20:00:00.000Z');

describe('Trying a campaign out', () => {
  let database: TestDatabase;
  let pool: Pool;
  let api: TestApi;
  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
    api = await startTestApi(database, { links: linkMaker('https://go.example.org', testPseudonyms) });
    api.clock.skip(NOON.getTime() - api.clock.now().getTime());
    await api.send('POST', '/v1/contact-fields', { body: { name: 'clinic', label: 'Clinic', type: 'text' } });
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });
  beforeEach(() =>
    emptyTables(
      pool,
      `campaign, campaign_contact, campaign_count, contact, phone, consent_change, consent_disclosure,
       consent_standing, suppression, outbox, audit_entry, message, test_message, short_link, decision`,
    ),
  );

  const rows = async (sql: string): Promise<unknown[]> => (await pool.query(sql)).rows;
  const consent = (phoneNumber: string) =>
    api.send('POST', '/v1/consents', {
      body: {
        ...{ phoneNumber, granted: ['informational'], wording: 'I agree', affirmativeAction: 'ticked' },
        givenAt: '2026-01-01T00:00:00Z',
      },
    });
  const draft = async (definition: object = {}, type = 'sms'): Promise<string> => {
    const { body, status } = await api.send('POST', '/v1/campaigns', {
      body: {
        ...{ name: 'Flu shots', type, intent: 'transactional' },
        definition: {
          audience: {},
          variants: [
            {
              name: 'A',
              bodies: { en: 'Hi {{name}}: https://example.org/{{clinic|all}}', es: '¡Hola {{name}}!' },
            },
          ],
          // Never now: the windows of the campaign are not for tests.
          windows: [{ days: [1], from: '09:00', to: '10:00' }],
          timeZone: 'America/New_York',
          ...definition,
        },
      },
    });
    assert.equal(status, 201, JSON.stringify(body));
    return body.id;
  };
  const send = (id: string, body: object, headers: Record<string, string> = {}) =>
    api.send('POST', `/v1/campaigns/${id}/test`, { body, headers });

  it('sends the text to numbers that are given, marked as a test, through the gate, and counts it nowhere', async () => {
    await consent(TESTER);
    const desk = await api.send('POST', '/v1/throttle-groups', {
      body: { name: 'Desk', most: 1, per: 'day' },
    });
    const id = await draft({ throttleGroups: [desk.body.id] });
    const { body, status } = await send(id, {
      to: [TESTER, '+14155550102', '(415) 555-0101'],
      values: { name: 'Ana' },
    });
    assert.equal(status, 201, JSON.stringify(body));
    const [first, second, ...others] = body.messages;
    assert.deepEqual(others, []);
    assert.deepEqual(
      [first.verdict, first.rule, second.verdict, second.rule],
      ['queued', 'allowed', 'blocked', 'no_consent'],
    );
    assert.match(first.body, /^Hi Ana: https:\/\/go\.example\.org\/l\/\w{12}$/);
    assert.deepEqual(
      await rows('SELECT state, intent, campaign_id, sender_number FROM message ORDER BY phone_number'),
      [
        { state: 'queued', intent: 'transactional', campaign_id: null, sender_number: DEFAULT_SENDER },
        { state: 'blocked', intent: 'transactional', campaign_id: null, sender_number: DEFAULT_SENDER },
      ],
    );
    assert.deepEqual(await rows('SELECT campaign_id, count(*)::int AS n FROM test_message GROUP BY 1'), [
      { campaign_id: id, n: 2 },
    ]);
    assert.equal((await rows("SELECT FROM outbox WHERE kind = 'queue'")).length, 1);
    assert.deepEqual(await rows('SELECT FROM campaign_count'), []);
    assert.deepEqual(await rows('SELECT FROM throttle_use'), []);
    assert.deepEqual(await rows('SELECT DISTINCT url, contact_id FROM short_link'), [
      { url: 'https://example.org/all', contact_id: null },
    ]);
    const known = await api.send('GET', `/v1/messages/${first.id}`);
    assert.equal(known.body.outgoing.testOf, id);
  });

  it('calls numbers that are given, with the words of a variant and the consent that calls need', async () => {
    await consent(TESTER);
    await api.send('POST', '/v1/consents', {
      body: {
        ...{ phoneNumber: '+14155550102', granted: ['informational', 'artificial_voice'] },
        ...{ wording: 'I agree', affirmativeAction: 'signed', givenAt: '2026-01-01T00:00:00Z' },
      },
    });
    const variants = [{ name: 'A', calls: { en: { message: { say: 'Hello {{name}}.' } } } }];
    const unready = await draft({ variants }, 'voice');
    const refused = await send(unready, { to: [TESTER], values: { name: 'Ana' } });
    assert.match(refused.body.detail, /cannot be tried out: call must say how it calls/);
    const id = await draft({ variants, call: { tollFreeNumber: '+18005550142' } }, 'voice');
    const { body, status } = await send(id, { to: [TESTER, '+14155550102'], values: { name: 'Ana' } });
    assert.equal(status, 201, JSON.stringify(body));
    assert.deepEqual(
      body.messages.map(({ rule, verdict }: { verdict: string; rule: string }) => [verdict, rule]),
      [
        ['blocked', 'no_voice_consent'],
        ['queued', 'allowed'],
      ],
    );
    assert.match(
      body.messages[1].body,
      /^This is an automated call from Riverside County Health\..*Hello Ana\./,
    );
    assert.deepEqual(
      await rows(
        `SELECT channel, campaign_id, call -> 'message' AS message FROM message WHERE state = 'queued'`,
      ),
      [{ channel: 'voice', campaign_id: null, message: { say: 'Hello Ana.' } }],
    );
    assert.deepEqual(await rows("SELECT target FROM outbox WHERE kind = 'queue'"), [
      { target: 'voice.fifo' },
    ]);
  });

  it('is written with the values of a contact, in their language, and with those that are given over them', async () => {
    const contact = await api.send('POST', '/v1/contacts', {
      body: { phoneNumber: '+12125550101', name: 'Rosa Diaz', language: 'es' },
    });
    const id = await draft();
    const contactId = contact.body.id;
    const texts = async (more: object) =>
      (await send(id, { to: [TESTER], contactId, ...more })).body.messages.map(
        ({ body }: { body: string }) => body,
      );
    assert.deepEqual(await texts({}), ['¡Hola Rosa Diaz!']);
    assert.deepEqual(await texts({ values: { name: 'Eva' } }), ['¡Hola Eva!']);
    assert.match((await texts({ language: 'en' }))[0], /^Hi Rosa Diaz: /);
  });

  it('keeps to the hours of the law for testers too', async () => {
    await consent(TESTER);
    const id = await draft();
    api.clock.skip(-9 * 3_600_000);
    const { body } = await send(id, { to: [TESTER], values: { name: 'Ana' } });
    api.clock.skip(9 * 3_600_000);
    assert.deepEqual([body.messages[0].verdict, body.messages[0].rule], ['held', 'quiet_hours']);
    assert.equal((await rows("SELECT FROM outbox WHERE kind = 'queue'")).length, 0);
  });

  it('is one test under one Idempotency-Key', async () => {
    const id = await draft();
    const headers = { 'idempotency-key': randomUUID() };
    const first = await send(id, { to: [TESTER], values: { name: 'Ana' } }, headers);
    const second = await send(id, { to: [TESTER], values: { name: 'Ana' } }, headers);
    assert.deepEqual(second.body, first.body);
    assert.equal((await rows('SELECT FROM message')).length, 1);
  });

  it('says what is wrong instead of sending it', async () => {
    const id = await draft();
    const missing = await send(id, { to: [TESTER] });
    assert.deepEqual([missing.status, missing.body.faults[0].pointer], [409, '/values/name']);
    const variant = await send(id, { to: [TESTER], variant: 1 });
    assert.deepEqual([variant.status, variant.body.faults[0].pointer], [400, '/variant']);
    const contact = await send(id, { to: [TESTER], contactId: randomUUID() });
    assert.deepEqual([contact.status, contact.body.faults[0].pointer], [400, '/contactId']);
    assert.equal((await send(id, { to: [] })).status, 400);
    assert.equal((await send(id, { to: Array.from({ length: 11 }, () => TESTER) })).status, 400);
    assert.equal((await send(randomUUID(), { to: [TESTER] })).status, 404);
    const mistyped = await draft({ variants: [{ name: 'A', bodies: { en: 'Hi {{Name}}' } }] });
    assert.match((await send(mistyped, { to: [TESTER] })).body.detail, /is not a placeholder/);
    const drill = await draft({ variants: [], drill: { programme: 'p', drill: 'd' } }, 'drill');
    assert.equal((await send(drill, { to: [TESTER] })).status, 409);
    assert.deepEqual(await rows('SELECT FROM message'), []);
  });

  it('is on record with who did it, without the words, and not for viewers', async () => {
    const id = await draft();
    const viewer = await api.key('viewer');
    const refused = await api.send('POST', `/v1/campaigns/${id}/test`, {
      key: viewer,
      body: { to: [TESTER] },
    });
    assert.equal(refused.status, 403);
    const { body } = await send(id, { to: [TESTER], values: { name: 'Ana' } });
    const log = await api.send('GET', `/v1/audit?subject=message&subjectId=${body.messages[0].id}`);
    assert.deepEqual(log.body.items[0].after, {
      ...{ phoneNumber: TESTER, testOf: id, intent: 'transactional', verdict: 'blocked', rule: 'no_consent' },
    });
  });
});
