import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { endingSettings, sharesFrom } from '#shared/campaigns/expected-steps.ts';
import { priceSettings, pricesFrom } from '#shared/campaigns/prices.ts';
import { type AudiencePage, readChosen, readPage } from '#shared/campaigns/read-audience.ts';
import { readCampaign } from '#shared/campaigns/store.ts';
import { readConfig } from '#shared/config.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { sampleLinkMaker } from '#shared/links/token.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { runs } from '#test/properties/runs.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { rowsReadBy } from '#test/rows-read.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../../test-api.ts';
import { survey } from './survey.ts';

const WINDOWS = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '09:00', to: '17:00' }];

/** The clock of the API stands at 07:00 in New York, on Thanksgiving. */
describe('What a campaign would do', () => {
  let database: TestDatabase;
  let pool: Pool;
  let api: TestApi;
  let list: string;
  let made = 0;
  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
    api = await startTestApi(database, {
      outlook: {
        usualPace: 1,
        endingShares: sharesFrom(readConfig(endingSettings, {})),
        slots: { sms: 10, voice: 5 },
        sampleLinks: sampleLinkMaker('https://go.example.org'),
      },
      prices: pricesFrom(
        readConfig(priceSettings, {
          ...{ SEGMENT_PRICES: 'twilio=0.0079', MEDIA_PRICES: 'twilio=0.02' },
          ...{ CALL_MINUTE_PRICES: 'twilio=0.014', CALL_DETECTION_PRICES: 'twilio=0.0075' },
        }),
      ),
    });
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });
  beforeEach(async () => {
    made = 0;
    await emptyTables(
      pool,
      `campaign, campaign_contact, campaign_count, contact, contact_list, list_member, phone, consent_standing,
       suppression, message`,
    );
    const { rows } = await pool.query<{ list_id: string }>(
      `INSERT INTO contact_list (list_id, name, created_at, updated_at)
       VALUES (gen_random_uuid(), 'Everybody', now(), now()) RETURNING list_id`,
    );
    list = rows[0]?.list_id ?? '';
  });

  /** Contacts on the list who have agreed to be told things, in an area. Returns their ids. */
  async function insert(
    count: number,
    more: {
      area?: string;
      name?: string | null;
      consents?: boolean;
      calls?: boolean;
      language?: string;
    } = {},
  ): Promise<string[]> {
    const { area = '212', calls = false, consents = true, language = 'en', name = 'Ana' } = more;
    const first = made;
    made += count;
    const { rows } = await pool.query<{ contact_id: string }>(
      `WITH made AS (
         INSERT INTO contact (contact_id, phone_number, name, language, created_at, updated_at)
         SELECT gen_random_uuid(), '+1' || $1 || '555' || lpad(n::text, 4, '0'), $2, $3, now(), now()
           FROM generate_series($4::int, $4::int + $5::int - 1) AS n
         RETURNING contact_id, phone_number),
       known AS (INSERT INTO phone (phone_number) SELECT phone_number FROM made),
       consent AS (
         INSERT INTO consent_standing (phone_number, scope, status, consents, change_id, requested_at)
         SELECT phone_number, 'sender', 'opted_in',
                jsonb_build_array(jsonb_build_object('changeId', '018f0000-0000-7000-8000-000000000001', 'granted', $8::jsonb,
                                                     'givenAt', '2026-01-05T12:00:00.000Z')),
                gen_random_uuid(), '2026-01-05T12:00:00Z' FROM made WHERE $6),
       listed AS (INSERT INTO list_member (list_id, contact_id, added_at) SELECT $7, contact_id, now() FROM made)
       SELECT contact_id FROM made ORDER BY contact_id`,
      [
        ...[area, name, language, first, count, consents, list],
        JSON.stringify(['informational', ...(calls ? ['artificial_voice'] : [])]),
      ],
    );
    return rows.map((row) => row.contact_id);
  }
  const draft = async (definition: object = {}, more: object = {}): Promise<string> => {
    const { body, status } = await api.send('POST', '/v1/campaigns', {
      body: {
        name: 'Flu shots',
        type: 'sms',
        intent: 'transactional',
        definition: {
          audience: { include: [list] },
          variants: [{ name: 'A', bodies: { en: 'Hi {{name}}, flu shots are free.' } }],
          windows: WINDOWS,
          timeZone: 'America/New_York',
          ...definition,
        },
        ...more,
      },
    });
    assert.equal(status, 201, JSON.stringify(body));
    return body.id;
  };
  const get = async (id: string, path: string) => {
    const { body, status } = await api.send('GET', `/v1/campaigns/${id}/${path}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const preview = async (id: string, body: object = {}) => {
    const answer = await api.send('POST', `/v1/campaigns/${id}/preview`, { body });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  };

  it('says whom it reaches, by zone and by when, who is left out and why, and what it costs', async () => {
    await insert(3_600);
    await insert(3_600, { area: '415' });
    await insert(3, { consents: false });
    await insert(2, { name: null });
    const id = await draft();
    const estimate = await get(id, 'estimate');
    assert.deepEqual(estimate.basis, { contacts: 7_205, looked: 7_205, margin: 0 });
    assert.equal(estimate.recipients, 7_200);
    assert.equal(estimate.firstStepAlone, false);
    assert.deepEqual(
      estimate.blocked.map(({ contacts, rule }: { contacts: number; rule: string }) => [rule, contacts]),
      [['no_consent', 3]],
    );
    assert.deepEqual(
      estimate.skipped.map(({ contacts, rule }: { contacts: number; rule: string }) => [rule, contacts]),
      [['missing_name', 2]],
    );
    assert.deepEqual(estimate.segments, {
      total: 7_200,
      ucs2Messages: 0,
      messages: [{ segments: 1, messages: 7_200 }],
    });
    const { prices, ...cost } = estimate.cost;
    assert.deepEqual(cost, { currency: 'USD', amount: '56.88' });
    const given = { basis: 'given', seen: null, source: null };
    assert.deepEqual(prices, [
      {
        carrier: 'twilio',
        share: 1,
        segment: { amount: '0.0079', ...given },
        media: { amount: '0.02', ...given },
        minute: { amount: '0.014', ...given },
        detection: { amount: '0.0075', ...given },
      },
    ]);
    // One message a second: an hour each. Windows close a minute early.
    assert.deepEqual(estimate.zones, [
      {
        zone: 'America/Los_Angeles',
        contacts: 3_600,
        reached: 3_600,
        unreached: 0,
        startsAt: '2026-11-26T17:00:00.000Z',
        finishesAt: '2026-11-26T18:00:00.000Z',
        curve: [
          { at: '2026-11-26T17:00:00.000Z', reached: 0 },
          { at: '2026-11-26T18:00:00.000Z', reached: 3_600 },
        ],
      },
      {
        zone: 'America/New_York',
        contacts: 3_600,
        reached: 3_600,
        unreached: 0,
        startsAt: '2026-11-26T14:00:00.000Z',
        finishesAt: '2026-11-26T15:00:00.000Z',
        curve: [
          { at: '2026-11-26T14:00:00.000Z', reached: 0 },
          { at: '2026-11-26T15:00:00.000Z', reached: 3_600 },
        ],
      },
    ]);
    assert.equal(estimate.finishesAt, '2026-11-26T18:00:00.000Z');
  });

  it('draws how many are written to by when, in each zone', async () => {
    await insert(3_600);
    await insert(1_800, { area: '415' });
    const { zones } = await get(await draft(), 'estimate');
    assert.deepEqual(
      zones.map(({ curve }: { curve: unknown }) => curve),
      [
        [
          { at: '2026-11-26T17:00:00.000Z', reached: 0 },
          { at: '2026-11-26T17:30:00.000Z', reached: 1_800 },
        ],
        [
          { at: '2026-11-26T14:00:00.000Z', reached: 0 },
          { at: '2026-11-26T15:00:00.000Z', reached: 3_600 },
        ],
      ],
    );
  });

  it('counts an audience that is still being chosen, and says who of it gets nothing', async () => {
    const [, landline] = await insert(4);
    const [twice, off] = await insert(3, { area: '415' });
    await insert(2, { consents: false });
    await pool.query(`UPDATE contact SET line_type = 'landline' WHERE contact_id = $1`, [landline]);
    const { rows } = await pool.query<{ list_id: string }>(
      `WITH made AS (
         INSERT INTO contact_list (list_id, name, created_at, updated_at)
         SELECT gen_random_uuid(), name, now(), now() FROM unnest('{Second,Off}'::text[]) AS name RETURNING list_id, name),
       listed AS (
         INSERT INTO list_member (list_id, contact_id, added_at)
         SELECT list_id, CASE name WHEN 'Off' THEN $1::uuid ELSE $2::uuid END, now() FROM made)
       SELECT list_id FROM made ORDER BY name DESC`,
      [off, twice],
    );
    const [second, excluded] = rows.map(({ list_id }) => list_id);
    const id = await draft({ audience: {} });
    const count = async (audience: object) => {
      const answer = await api.send('POST', `/v1/campaigns/${id}/audience`, { body: { audience } });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      return answer.body;
    };
    const { blocked, ...counts } = await count({ include: [list, second], exclude: [excluded] });
    assert.deepEqual(counts, {
      basis: { contacts: 8, looked: 8, margin: 0 },
      recipients: 6,
      duplicates: 1,
      excluded: 1,
      landlines: 1,
      skipped: [],
    });
    assert.deepEqual(
      blocked.map(({ contacts, rule }: { contacts: number; rule: string }) => [rule, contacts]),
      [['no_consent', 2]],
    );
    const ofFilter = await count({ filter: { field: 'line_type', is: 'landline' } });
    assert.deepEqual([ofFilter.recipients, ofFilter.landlines, ofFilter.duplicates], [1, 1, 0]);
    const unknown = await api.send('POST', `/v1/campaigns/${id}/audience`, {
      body: { audience: { filter: { field: 'shoe_size', is: 1 } } },
    });
    assert.deepEqual([unknown.status, unknown.body.code], [409, 'conflict']);
    assert.deepEqual((await api.send('GET', `/v1/campaigns/${id}`)).body.definition.audience.include, []);
  });

  it('shows what is shortest, in the middle and longest', async () => {
    for (const name of ['Al', 'Beatrice', 'Bob', `Z${'o'.repeat(150)}`, 'Carl']) await insert(1, { name });
    const { typical } = await get(await draft(), 'preview/summary');
    assert.deepEqual(
      [typical.shortest, typical.median, typical.longest].map(({ body, segments }) => [
        body.slice(0, 7),
        segments,
      ]),
      [
        ['Hi Al, ', 1],
        ['Hi Carl', 1],
        ['Hi Zooo', 2],
      ],
    );
    await pool.query('DELETE FROM list_member');
    assert.equal((await get(await draft(), 'preview/summary')).typical, null);
  });

  it('goes by a start that is asked about, by its end, and by its own pace', async () => {
    await insert(1_000);
    const id = await draft({ messagesPerSecond: 0.1 }, { endAt: '2026-11-28T15:00:00Z' });
    const estimate = await get(id, 'estimate?startAt=2026-11-28T14:00:00Z');
    assert.deepEqual(
      [estimate.pace.messagesPerSecond, estimate.reached, estimate.unreached],
      [0.1, 360, 640],
    );
    const far = await api.send('GET', `/v1/campaigns/${id}/estimate?startAt=9999-01-01T00:00:00Z`);
    assert.deepEqual([far.status, far.body.faults[0].pointer], [400, 'startAt']);
  });

  it('ends when the time is over that it is spread over, whoever of it gets nothing', async () => {
    await insert(300);
    await insert(300, { name: null });
    const id = await draft({ spreadOverMinutes: 60 });
    const at = 'estimate?startAt=2026-11-27T15:00:00Z';
    const estimate = await get(id, at);
    assert.deepEqual(
      [estimate.recipients, estimate.finishesAt, Math.round(estimate.pace.messagesPerSecond * 3_600)],
      [300, '2026-11-27T16:00:00.000Z', 300],
    );
    // One that is under way goes on at the pace with which it began.
    await pool.query(
      `INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, state)
       SELECT $1, contact_id, phone_number, CASE WHEN phone_number < '+12125550200' THEN 'sent' ELSE 'pending' END FROM contact`,
      [id],
    );
    await pool.query(`INSERT INTO campaign_count VALUES ($1, 0, 'sent', 200), ($1, 0, 'pending', 400)`, [id]);
    await pool.query(`UPDATE campaign SET status = 'active', loaded_at = now() WHERE campaign_id = $1`, [id]);
    const other = await draft();
    const half = await get(other, at);
    assert.deepEqual([half.pace.othersUnderWay, half.recipients], [1, 300]);
    assert.equal((await get(id, at)).finishesAt, '2026-11-27T15:40:00.000Z');
  });

  it('goes by what its numbers may send in a second and in a day, and pays for media by the message', async () => {
    await insert(100);
    await pool.query(
      `INSERT INTO sender (sender_number, carrier, type, registration, segments_per_second, segments_per_day, created_at, updated_at)
       VALUES ('+14155550100', 'twilio', 'long_code', 'registered', 0.5, 60, now(), now())`,
    );
    const mediaUrls = ['https://example.org/a.png'];
    const id = await draft({ variants: [{ name: 'A', bodies: { en: 'Look, {{name}}' }, mediaUrls }] });
    const estimate = await get(id, 'estimate');
    await pool.query('DELETE FROM sender');
    assert.deepEqual(
      [estimate.pace.segmentsPerSecond, estimate.cost.amount, estimate.finishesAt],
      // Sixty on the first day, and the rest, at two seconds each, on the second.
      [0.5, '2.00', '2026-11-27T14:01:20.000Z'],
    );
  });

  it('goes by the prices of the carriers of its numbers, and says which of them nobody knows', async () => {
    await insert(100);
    await pool.query(
      `INSERT INTO sender (sender_number, carrier, type, registration, segments_per_second, created_at, updated_at)
       VALUES ('+14155550181', 'twilio', 'long_code', 'registered', 1, now(), now()),
              ('+14155550182', 'vonage', 'long_code', 'registered', 3, now(), now())`,
    );
    const prices = pricesFrom(readConfig(priceSettings, { SEGMENT_PRICES: 'twilio=0.01' }));
    const id = await draft({ senderNumbers: ['+14155550181', '+14155550182'] });
    const ask = async (carriers: readonly CarrierName[], about: 'estimate' | 'check') => {
      const other = await startTestApi(database, { carriers, prices });
      const { body } = await other.send('GET', `/v1/campaigns/${id}/${about}`);
      await other.stop();
      return body;
    };
    const both = await ask(['twilio', 'vonage'], 'estimate');
    const [one, two] = both.cost.prices;
    assert.deepEqual(
      [both.cost.amount, one.carrier, one.share, one.segment.basis, one.media.basis, one.media.seen !== null],
      ['1.00', 'twilio', 0.25, 'given', 'listed', true],
    );
    assert.deepEqual(
      [two.carrier, two.share, two.segment, both.pace.segmentsPerSecond],
      ['vonage', 0.75, { amount: '0.01', basis: 'assumed', seen: null, source: null }, 4],
    );
    const without = await ask(['twilio'], 'estimate');
    assert.deepEqual(
      [without.cost.prices.length, without.pace.segmentsPerSecond, without.pace.waits],
      [1, 1, null],
    );
    const warned = await ask(['twilio'], 'check');
    assert.deepEqual(
      [warned.mayStart, warned.warnings],
      [
        true,
        [
          {
            pointer: '/definition/senderNumbers',
            detail:
              'has 1 of 2 numbers at carriers that are not set up here (CARRIERS): Vonage; nothing goes from them',
          },
        ],
      ],
    );
    const neither = await ask(['aws'], 'estimate');
    assert.match(neither.pace.waits, /not set up \(CARRIERS\): Twilio, Vonage/);
    const refused = await ask(['aws'], 'check');
    assert.deepEqual([refused.mayStart, refused.warnings], [false, []]);
    assert.match(refused.faults[0].detail, /has only numbers at carriers that are not set up/);
    await pool.query('DELETE FROM sender');
  });

  it('says which numbers take none of its pictures, and does not start', async () => {
    await pool.query(
      `INSERT INTO sender (sender_number, carrier, type, registration, segments_per_second, created_at, updated_at)
       VALUES ('+14155550181', 'twilio', 'long_code', 'registered', 1, now(), now()),
              ('+14155550182', 'vonage', 'long_code', 'registered', 3, now(), now()),
              ('+14155550183', 'aws', 'long_code', 'registered', 3, now(), now())`,
    );
    const other = await startTestApi(database, { carriers: ['twilio', 'vonage', 'aws'] });
    const pictures = ['https://example.org/a.png', 'https://example.org/b.png'];
    const faults = async (files: number, ...ends: string[]): Promise<unknown> => {
      const variants = [{ name: 'A', bodies: { en: 'Look' }, mediaUrls: pictures.slice(0, files) }];
      const id = await draft({ variants, senderNumbers: ends.map((end) => `+141555501${end}`) });
      const { body } = await other.send('GET', `/v1/campaigns/${id}/check`);
      return body.faults;
    };
    const pointer = '/definition/variants/0/mediaUrls';
    const instead = 'choose other numbers, or put a link into the text';
    assert.deepEqual(await faults(0, '81', '82', '83'), []);
    assert.deepEqual(await faults(2, '81'), []);
    assert.deepEqual(await faults(1, '81', '82'), []);
    assert.deepEqual(await faults(2, '81', '82', '83'), [
      {
        pointer,
        detail: `has 2 files, more than the carriers of 2 of 3 numbers take with a message: Vonage takes 1, AWS takes none; ${instead}`,
      },
    ]);
    assert.deepEqual(await faults(1, '83'), [
      {
        pointer,
        detail: `has 1 file, more than the carriers of all numbers take with a message: AWS takes none; ${instead}`,
      },
    ]);
    await other.stop();
    await pool.query('DELETE FROM sender');
  });

  it('goes by its share of its throttle groups, beside others of them that are under way', async () => {
    await insert(300);
    const desk = await api.send('POST', '/v1/throttle-groups', {
      body: { name: 'Front desk', most: 61, per: 'hour' },
    });
    const throttleGroups = [desk.body.id];
    const id = await draft({ throttleGroups });
    const at = 'estimate?startAt=2026-11-27T14:00:00Z';
    const alone = await get(id, at);
    assert.equal(alone.finishesAt, '2026-11-27T19:00:00.000Z');
    assert.deepEqual(alone.pace.throttleGroups, [
      {
        ...{ id: desk.body.id, name: 'Front desk', most: 61, per: 'hour' },
        ...{ says: 'Front desk: 61 an hour', used: 0, othersUnderWay: 0 },
      },
    ]);
    // Another has half of it for its sixty people, which is two hours.
    const other = await draft({ throttleGroups });
    await pool.query(`UPDATE campaign SET status = 'active' WHERE campaign_id = $1`, [other]);
    await pool.query(`INSERT INTO campaign_count VALUES ($1, 0, 'pending', 60), ($1, 0, 'sent', 60)`, [
      other,
    ]);
    const beside = await get(id, at);
    assert.equal(beside.finishesAt, '2026-11-27T20:00:00.000Z');
    assert.equal(beside.pace.throttleGroups[0].othersUnderWay, 1);
    await pool.query('DELETE FROM throttle_group');
  });

  it('waits for a slot of its pool behind those that are under way', async () => {
    await insert(10);
    const id = await draft();
    const others: string[] = [];
    for (let n = 0; n < 10; n += 1) others.push(await draft());
    await pool.query(`UPDATE campaign SET status = 'active' WHERE campaign_id = ANY ($1)`, [others]);
    await pool.query(
      `INSERT INTO campaign_count SELECT campaign_id, 0, 'pending', 3600 * n FROM unnest($1::uuid[]) WITH ORDINALITY AS each(campaign_id, n)`,
      [others],
    );
    const estimate = await get(id, 'estimate');
    assert.deepEqual([estimate.slotAt, estimate.pace.othersUnderWay], ['2026-11-26T13:00:00.000Z', 10]);
    await pool.query(
      `UPDATE campaign SET status = 'paused', paused_from = 'active' WHERE campaign_id = ANY ($1)`,
      [others],
    );
    assert.equal((await get(id, 'estimate')).slotAt, null);
  });

  it('of one that is under way is about those who wait', async () => {
    const ids = await insert(5);
    const id = await draft();
    await pool.query(
      `INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, state)
       SELECT $1, contact_id, phone_number, CASE WHEN contact_id = ANY ($2) THEN 'sent' ELSE 'pending' END FROM contact`,
      [id, ids.slice(0, 2)],
    );
    await pool.query(`INSERT INTO campaign_count VALUES ($1, 0, 'sent', 2), ($1, 0, 'pending', 3)`, [id]);
    await pool.query(`UPDATE campaign SET status = 'active', loaded_at = now() WHERE campaign_id = $1`, [id]);
    assert.equal((await get(id, 'estimate')).recipients, 3);
  });

  describe('that calls', () => {
    const ofCalls = {
      variants: [
        {
          name: 'A',
          calls: {
            en: {
              message: { say: `Hello {{name}}. ${'One more word. '.repeat(30)}` },
              menu: [
                { key: '1', prompt: 'For the address, press 1.', say: '{{name}}, it is 12 Main Street.' },
              ],
            },
          },
        },
      ],
      call: { tollFreeNumber: '+18005550142' },
    };
    const inCalls = (more: object = {}) => draft({ ...ofCalls, ...more }, { type: 'voice' });

    it('says calls, minutes, their cost, and when they are done at the pace of the account', async () => {
      await insert(60, { calls: true });
      const estimate = await get(await inCalls(), 'estimate');
      assert.deepEqual([estimate.recipients, estimate.segments.total], [60, 0]);
      const { calls, minutes, seconds } = estimate.calls;
      assert.deepEqual([calls, minutes], [60, 120]);
      assert.ok(seconds > 60 * 60 && seconds < 60 * 120, String(seconds));
      // Two minutes each, and what the listening costs.
      assert.equal(estimate.cost.amount, (120 * 0.014 + 60 * 0.0075).toFixed(2));
      assert.deepEqual(
        [estimate.pace.messagesPerSecond, estimate.pace.callsAtOnce, estimate.pace.segmentsPerSecond],
        [1, 100, null],
      );
      assert.equal(estimate.finishesAt, '2026-11-26T14:01:00.000Z');
    });

    it('is done when its lines are free, where they are few', async () => {
      await insert(60, { calls: true });
      const call = { ...ofCalls.call, concurrentCalls: 2 };
      const estimate = await get(await inCalls({ call }), 'estimate');
      const each = estimate.calls.seconds / 60;
      assert.equal(estimate.pace.callsAtOnce, 2);
      assert.ok(Math.abs(estimate.pace.messagesPerSecond - 2 / each) < 1e-9);
      const tookSeconds = (Date.parse(estimate.finishesAt) - Date.parse('2026-11-26T14:00:00Z')) / 1_000;
      assert.ok(Math.abs(tookSeconds - (60 / 2) * each) < each, String(tookSeconds));
    });

    it('shares the pace of the account with other campaigns that call, from whatever numbers', async () => {
      await insert(60, { calls: true });
      const id = await inCalls({ senderNumbers: ['+14155550100'] });
      const other = await inCalls({ senderNumbers: ['+14155550199'] });
      await pool.query(`UPDATE campaign SET status = 'active' WHERE campaign_id = $1`, [other]);
      await pool.query(`INSERT INTO campaign_count VALUES ($1, 0, 'pending', 100000)`, [other]);
      const estimate = await get(id, 'estimate');
      assert.deepEqual([estimate.pace.othersUnderWay, estimate.finishesAt], [1, '2026-11-26T14:02:00.000Z']);
    });

    it('blocks whoever agreed to texts alone', async () => {
      await insert(3);
      const estimate = await get(await inCalls(), 'estimate');
      assert.deepEqual(
        estimate.blocked.map(({ contacts, rule }: { contacts: number; rule: string }) => [rule, contacts]),
        [['no_voice_consent', 3]],
      );
    });

    it('shows what everybody would hear, what a machine is left, how long it takes, and how long it is', async () => {
      await insert(1);
      const [nobody] = await insert(1, { name: null });
      const { items } = await preview(await inCalls());
      const [heard, skipped] = items[0].contactId === nobody ? items.toReversed() : items;
      assert.deepEqual([skipped.call, skipped.rule], [null, 'missing_name']);
      const { call } = heard;
      assert.deepEqual(call.heard.slice(0, 2), [
        'This is an automated call from Riverside County Health.',
        'To stop all calls and texts from us, press 9 now.',
      ]);
      assert.match(call.heard[2], /^Hello Ana\./);
      assert.deepEqual(call.heard.slice(3), [
        'For the address, press 1.',
        'To hear this again, press 0.',
        'You can reach us at 8 0 0, 5 5 5, 0 1 4 2. Goodbye.',
      ]);
      assert.deepEqual(call.keys, [{ key: '1', says: 'Ana, it is 12 Main Street.' }]);
      assert.match(call.machine[1], /call 8 0 0, 5 5 5, 0 1 4 2/);
      assert.ok(call.seconds > 60 && call.characters > 1_000 && call.characters < 4_000);
      assert.equal(heard.body, call.heard.join(' '));
    });
  });

  it('is looked at by chance where the audience is large, within what is said of it', async () => {
    await insert(3_000);
    await insert(1_000, { consents: false });
    const campaign = await readCampaign(pool, await draft());
    assert.ok(campaign !== null);
    const parts = {
      ...{
        pool: api.deps.pool,
        gate: api.deps.gate,
        pseudonyms: testPseudonyms,
        sampleLinks: null,
        calls: api.deps.calls,
      },
      most: 1_000,
    };
    const found = await survey(campaign, api.clock.now().getTime(), parts);
    assert.ok(found.kind === 'survey');
    const { blocked, contacts, looked } = found.survey;
    assert.equal(contacts, 4_000);
    // Ten times what chance leaves uncertain.
    assert.ok(Math.abs(looked - 1_000) < 300, String(looked));
    assert.ok(Math.abs((blocked.get('no_consent') ?? 0) / looked - 0.25) < 0.15);
  });

  it('reads no more of a large audience for one page than it may look at, where a filter leaves few', async () => {
    await insert(2_000);
    const rare = await insert(3, { name: 'Łucja' });
    await insert(1_000);
    // As autovacuum leaves a table: ids are read of the index alone.
    await pool.query('VACUUM ANALYZE contact');
    const id = await draft({ audience: { filter: { field: 'name', is: 'Łucja' } } });
    const campaign = await readCampaign(pool, id);
    assert.ok(campaign !== null);
    const found: string[] = [];
    let [after, pages]: [string | null, number] = [null, 0];
    do {
      let page: AudiencePage | undefined;
      const part = { after, limit: 50, looked: 100 };
      const read = await rowsReadBy(pool, 'contact', async (tx) => {
        page = await readPage(tx, campaign, [], part);
      });
      assert.ok(read < 5 * part.looked, `${read} rows`);
      assert.ok(page?.kind === 'members');
      found.push(...page.members.map(({ contactId }) => contactId));
      after = page.lookedTo;
      pages += 1;
    } while (after !== null);
    assert.deepEqual([found, pages], [rare, 31]);
    assert.deepEqual(
      (await preview(id)).items.map(({ contactId }: { contactId: string }) => contactId),
      rare,
    );
  });

  it('reads everybody once and in order, however small the parts and the pages are', async () => {
    const ids = await insert(12, { name: 'Łucja' });
    await insert(20);
    const id = await draft({ audience: { include: [list], filter: { field: 'name', is: 'Łucja' } } });
    const campaign = await readCampaign(pool, id);
    assert.ok(campaign !== null);
    const sizes = fc.record({
      limit: fc.integer({ min: 1, max: 15 }),
      looked: fc.integer({ min: 1, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(sizes, async (part) => {
        const found: string[] = [];
        let after: string | null = null;
        do {
          const page: AudiencePage = await readPage(pool, campaign, [], { after, ...part });
          assert.ok(page.kind === 'members' && page.members.length <= part.limit);
          found.push(...page.members.map(({ contactId }) => contactId));
          after = page.lookedTo;
        } while (after !== null);
        assert.deepEqual(found, ids);
      }),
      { numRuns: runs(30) },
    );
  });

  it('reads of the attributes of contacts those alone that a text names', async () => {
    const ids = await insert(2);
    await pool.query('UPDATE contact SET attributes = $1', [{ clinic: 'North', notes: 'x'.repeat(500) }]);
    const id = await draft({ variants: [{ name: 'A', bodies: { en: 'Come to {{clinic}}' } }] });
    const campaign = await readCampaign(pool, id);
    assert.ok(campaign !== null);
    const page = await readPage(pool, campaign, [], { after: null, limit: 10 });
    assert.ok(page.kind === 'members');
    for (const members of [page.members, await readChosen(pool, campaign, ids)]) {
      assert.deepEqual(
        members.map(({ attributes }) => attributes),
        [{ clinic: 'North' }, { clinic: 'North' }],
      );
    }
  });

  it('shows every text word for word, page by page, with short links of their length', async () => {
    const ids = await insert(5);
    const id = await draft({
      variants: [{ name: 'A', bodies: { en: 'Hi {{name}}: https://example.org/a-long-address-of-a-page' } }],
    });
    const first = await preview(id, { limit: 2 });
    const rest = await preview(id, { limit: 3, cursor: first.nextCursor });
    assert.equal(rest.nextCursor, null);
    assert.deepEqual(
      [...first.items, ...rest.items].map(({ contactId }: { contactId: string }) => contactId),
      ids,
    );
    const [row] = first.items;
    assert.deepEqual(
      [row.body, row.segments, row.encoding, row.units],
      ['Hi Ana: https://go.example.org/l/xxxxxxxxxxxx', 1, 'GSM-7', 45],
    );
  });

  it('shows what the campaign says of itself, which is the author’s and no value of anybody', async () => {
    await insert(1);
    const id = await draft({
      fields: { site: 'https://example.org/árbol', day: 'sábado' },
      variants: [{ name: 'A', bodies: { en: '{{campaign_name}}, {{name}}: {{day}} {{site}}' } }],
    });
    const { items } = await preview(id);
    assert.match(items[0].body, /^Flu shots, Ana: sábado https:\/\/go\.example\.org\/\S+$/);
    assert.deepEqual([items[0].encoding, items[0].changedBy], ['UCS-2', []]);
  });

  it('reads for a step of a ladder what its own words name of contacts', async () => {
    await insert(1, { calls: true });
    await pool.query(
      `INSERT INTO contact_field (name, label, type, choices, created_at) VALUES ('desk', 'Desk', 'text', '{}', now()) ON CONFLICT DO NOTHING`,
    );
    await pool.query(`UPDATE contact SET attributes = '{"desk": "7"}'`);
    const id = await draft(
      {
        ladder: [
          { channel: 'sms', bodies: { en: 'Desk {{desk}}' } },
          { channel: 'voice', after: ['undelivered'] },
        ],
        call: { tollFreeNumber: '+18005550142' },
        variants: [{ name: 'A', calls: { en: { message: { say: 'Hello' } } } }],
      },
      { type: 'hybrid' },
    );
    const { items } = await preview(id, { step: 0 });
    assert.equal(items[0].body, 'Desk 7');
  });

  it('finds those whose values change the encoding, with the character, and those who lack a value', async () => {
    await insert(30);
    const [polish] = await insert(1, { name: 'Łucja' });
    const [nobody] = await insert(1, { name: null });
    await insert(1, { name: 'José' });
    const id = await draft();
    const wide = await preview(id, { show: 'encoding' });
    assert.deepEqual(
      wide.items.map(({ changedBy, contactId, encoding }: Record<string, unknown>) => [
        contactId,
        encoding,
        changedBy,
      ]),
      [[polish, 'UCS-2', ['Ł']]],
    );
    const missing = await preview(id, { show: 'missing' });
    assert.deepEqual(
      missing.items.map(({ contactId, missing: fields, says }: Record<string, unknown>) => [
        contactId,
        fields,
        says,
      ]),
      [[nobody, ['name'], 'The contact has no name, which the text needs.']],
    );
    const summary = await get(id, 'preview/summary');
    assert.equal(summary.encodingChanged.contacts, 1);
    assert.deepEqual(summary.missing, [{ field: 'name', contacts: 1 }]);
    assert.equal(summary.longest[0].contactId, polish);
    assert.deepEqual(summary.segments, [{ segments: 1, messages: 32 }]);
  });

  it('does not blame values for what the author wrote', async () => {
    await insert(1, { name: 'Łucja' });
    const id = await draft({ variants: [{ name: 'A', bodies: { en: '„Hi” {{name}}' } }] });
    assert.deepEqual((await preview(id, { show: 'encoding' })).items, []);
    assert.equal((await preview(id)).items[0].encoding, 'UCS-2');
  });

  it('is exported as CSV, every row of it', async () => {
    await insert(3);
    await insert(1, { name: '=1+1' });
    const id = await draft({ variants: [{ name: 'A', bodies: { en: '{{name}}, "come"' } }] });
    const { body, headers } = await api.send('GET', `/v1/campaigns/${id}/preview/export`);
    assert.match(headers.get('content-type') ?? '', /^text\/csv/);
    const lines = body.trimEnd().split('\r\n');
    assert.equal(lines.length, 5);
    assert.ok(lines.some((line: string) => line.includes(`"'=1+1, ""come"""`)));
  });

  it('has no texts of a drill, and says so; its estimate has no segments', async () => {
    await insert(2);
    const id = await draft({ variants: [], drill: { programme: 'p', drill: 'd' } }, { type: 'drill' });
    const refused = await api.send('POST', `/v1/campaigns/${id}/preview`, { body: {} });
    assert.deepEqual([refused.status, refused.body.code], [409, 'conflict']);
    const estimate = await get(id, 'estimate');
    assert.deepEqual([estimate.recipients, estimate.segments.total], [2, 0]);
  });

  it('of a ladder says how many come to each step, by what shares, and shows each step word for word', async () => {
    await insert(10);
    const says = (say: string) => ({ en: { message: { say } } });
    const id = await draft(
      {
        variants: [{ name: 'A', bodies: { en: 'Hi {{name}}.' }, calls: says('Hello {{name}}.') }],
        call: { tollFreeNumber: '+18005550142' },
        ladder: [
          { channel: 'sms' },
          { channel: 'voice', after: ['undelivered', 'no_reply'], answerWithinMinutes: 60 },
          { channel: 'sms', after: ['answered'], bodies: { en: 'As we said, {{name}}.' } },
        ],
      },
      { type: 'hybrid' },
    );
    const { firstStepAlone, ladder } = await get(id, 'estimate');
    assert.equal(firstStepAlone, true);
    assert.deepEqual(
      ladder.steps.map(({ channel, expected, most }: Record<string, unknown>) => [channel, expected, most]),
      [
        ['sms', 10, 10],
        ['voice', 9, 10],
        ['sms', 3, 10],
      ],
    );
    assert.ok(
      ladder.assumed.some(
        ({ ending, share }: Record<string, unknown>) => ending === 'no_reply' && share === 0.8,
      ),
    );
    const shown = async (step?: number) => {
      const { body } = await api.send('POST', `/v1/campaigns/${id}/preview`, { body: { limit: 1, step } });
      return body.items?.[0]?.body ?? body.status;
    };
    assert.equal(await shown(), 'Hi Ana.');
    assert.match(await shown(1), /press 9.*Hello Ana\./u);
    assert.equal(await shown(2), 'As we said, Ana.');
    assert.equal(await shown(3), 400);
  });

  it('cannot be said of an audience that names what is not there any more', async () => {
    const id = await draft({ audience: { filter: { field: 'shoe_size', is: 'x' } } });
    const refused = await api.send('GET', `/v1/campaigns/${id}/estimate`);
    assert.deepEqual([refused.status, refused.body.code], [409, 'conflict']);
    assert.equal((await api.send('GET', `/v1/campaigns/${randomUUID()}/estimate`)).status, 404);
  });
});
