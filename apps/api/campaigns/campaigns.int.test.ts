import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { DEFAULT_SENDER, startTestApi, type TestApi } from '../test-api.ts';

const WINDOWS = [{ days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }];

describe('Campaigns through the API', () => {
  let database: TestDatabase;
  let api: TestApi;
  let list: string;
  before(async () => {
    database = await createDatabase();
    api = await startTestApi(database);
    const { rows } = await database.adminPool.query<{ list_id: string }>(
      `INSERT INTO contact_list (list_id, name, created_at, updated_at)
       VALUES (gen_random_uuid(), 'Everybody', now(), now()) RETURNING list_id`,
    );
    list = rows[0]?.list_id ?? '';
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });
  beforeEach(() =>
    emptyTables(
      database.adminPool,
      `campaign, campaign_contact, campaign_count, campaign_delivery, campaign_delivery_count, campaign_opt_out, message,
       message_log, phone, audit_entry`,
    ),
  );

  const draft = async (definition: object = {}, more: object = {}) =>
    api.send('POST', '/v1/campaigns', {
      body: {
        name: 'Flu shots',
        type: 'sms',
        intent: 'transactional',
        definition: {
          audience: { include: [list] },
          variants: [{ name: 'A', bodies: { en: 'Hi {{first_name|there}}, flu shots are free.' } }],
          windows: WINDOWS,
          timeZone: 'America/New_York',
          ...definition,
        },
        ...more,
      },
    });
  const tell = (id: string, command: string, body?: unknown) =>
    api.send('POST', `/v1/campaigns/${id}/${command}`, body === undefined ? {} : { body });

  it('are drafted, changed under their version, and deleted while they are drafts', async () => {
    const made = await draft();
    assert.equal(made.status, 201);
    assert.deepEqual(
      [made.body.status, made.body.commands, made.body.definition.defaultLanguage],
      ['draft', ['schedule', 'start'], 'en'],
    );
    const path = `/v1/campaigns/${made.body.id}`;
    const changed = await api.send('PATCH', path, {
      body: { name: 'Flu shots in May' },
      headers: { 'if-match': made.headers.get('etag') ?? '' },
    });
    assert.deepEqual([changed.status, changed.body.name], [200, 'Flu shots in May']);
    const late = await api.send('PATCH', path, {
      body: { name: 'Another' },
      headers: { 'if-match': made.headers.get('etag') ?? '' },
    });
    assert.deepEqual([late.status, late.body.code], [412, 'changed_meanwhile']);
    assert.equal((await api.send('DELETE', path)).status, 204);
    assert.equal((await api.send('GET', path)).status, 404);
  });

  it('are listed also where this version cannot read one, of which nothing is started, changed or shown besides', async () => {
    const { body: read } = await draft();
    const { body: newer } = await draft();
    await database.adminPool.query(
      `UPDATE campaign SET definition = definition || '{"rhythm": "weekly", "windows": [{"days": ["Monday"]}]}' WHERE campaign_id = $1`,
      [newer.id],
    );
    const listed = await api.send('GET', '/v1/campaigns');
    assert.equal(listed.status, 200);
    const says =
      'This version cannot read the campaign (/definition/windows/0/days/0, /definition/windows/0/from, /definition/windows/0/to, and more): a newer one wrote it.';
    const rows = listed.body.items.map(
      ({ commands, definition, id, name, status, unreadable }: typeof read) => ({
        ...{ id, name, status, commands, unreadable },
        timeZone: definition?.timeZone ?? null,
      }),
    );
    const known = { name: 'Flu shots', status: 'draft' };
    assert.deepEqual(rows, [
      { ...known, id: newer.id, commands: [], unreadable: says, timeZone: null },
      {
        ...known,
        ...{ id: read.id, commands: ['schedule', 'start'], unreadable: null },
        timeZone: 'America/New_York',
      },
    ]);
    const path = `/v1/campaigns/${newer.id}`;
    const answers = [
      await api.send('GET', path),
      await api.send('GET', `${path}/check`),
      await api.send('GET', `${path}/metrics`),
      await api.send('GET', `${path}/guard`),
      await tell(newer.id, 'start'),
      await tell(newer.id, 'stop'),
      await api.send('POST', `${path}/clone`, { body: {} }),
      await api.send('PATCH', path, { body: { name: 'Another' }, headers: { 'if-match': '*' } }),
    ];
    for (const { body, status } of answers) {
      assert.deepEqual([status, body.code, body.detail], [409, 'unreadable', says]);
    }
  });

  it('are deleted as drafts also where this version cannot read one, and not once they have started', async () => {
    const [one, other] = [(await draft()).body, (await draft()).body];
    await database.adminPool.query(`UPDATE campaign SET definition = definition || '{"rhythm": "weekly"}'`);
    await database.adminPool.query(`UPDATE campaign SET status = 'active' WHERE campaign_id = $1`, [
      other.id,
    ]);
    assert.equal((await api.send('DELETE', `/v1/campaigns/${one.id}`)).status, 204);
    const refused = await api.send('DELETE', `/v1/campaigns/${other.id}`);
    assert.deepEqual([refused.status, refused.body.code], [409, 'conflict']);
    const { rows } = await database.adminPool.query('SELECT campaign_id FROM campaign');
    assert.deepEqual(rows, [{ campaign_id: other.id }]);
  });

  it('say everything that keeps them from starting, at once, and do not start', async () => {
    const { body } = await draft(
      {
        audience: { include: [randomUUID()], filter: { field: 'clinic', is: 'North' } },
        variants: [{ name: 'A', bodies: { en: 'Hi {{first name}}, see bit.ly/x {{shoe_size}}' } }],
        windows: [],
      },
      { endAt: '2026-11-01T00:00:00Z' },
    );
    const check = await api.send('GET', `/v1/campaigns/${body.id}/check`);
    assert.deepEqual(
      check.body.faults.map(({ pointer }: { pointer: string }) => pointer),
      [
        '/endAt',
        '/definition/audience/include/0',
        '/definition/audience/filter/field',
        '/definition/variants/0/bodies/en',
        '/definition/variants/0/bodies/en',
        '/definition/variants/0/bodies/en',
        '/definition/windows',
      ],
    );
    const started = await tell(body.id, 'start');
    assert.deepEqual([started.status, started.body.code, started.body.faults.length], [409, 'conflict', 7]);
    assert.equal((await api.send('GET', `/v1/campaigns/${body.id}`)).body.status, 'draft');
  });

  it('accept words as answers that clash with no other campaign to the same people at the same number', async () => {
    const { rows } = await database.adminPool.query<{ contact_id: string }>(
      `INSERT INTO contact (contact_id, phone_number, name, created_at, updated_at)
       SELECT gen_random_uuid(), '+1212555079' || n, 'Ana', now(), now() FROM generate_series(1, 2) AS n RETURNING contact_id`,
    );
    const [ana, bo] = rows.map(({ contact_id }) => contact_id);
    const listOf = async (contactId: string | undefined): Promise<string> => {
      const { rows: made } = await database.adminPool.query<{ list_id: string }>(
        `WITH made AS (INSERT INTO contact_list (list_id, name, created_at, updated_at)
                       VALUES (gen_random_uuid(), gen_random_uuid()::text, now(), now()) RETURNING list_id)
         INSERT INTO list_member (list_id, contact_id, added_at) SELECT list_id, $1, now() FROM made RETURNING list_id`,
        [contactId],
      );
      return made[0]?.list_id ?? '';
    };
    const [toAna, alsoToAna, toBo] = [await listOf(ana), await listOf(ana), await listOf(bo)];
    const asks = (include: string[], acceptedKeywords: string[], more: object = {}) =>
      draft({
        audience: { include },
        acceptedKeywords,
        variants: [{ name: 'A', bodies: { en: 'Are you coming? Reply YES or NO. Reply CANCEL to cancel.' } }],
        ...more,
      });
    const faults = async (id: string): Promise<string[]> => {
      const { body } = await api.send('GET', `/v1/campaigns/${id}/check`);
      return body.faults.map((each: { pointer: string; detail: string }) => `${each.pointer} ${each.detail}`);
    };
    const first = await asks([toAna], ['YES', 'NO']);
    assert.deepEqual(await faults(first.body.id), []);
    assert.equal((await tell(first.body.id, 'start')).status, 200);
    const second = await asks([alsoToAna], ['Maybe', 'yes']);
    const clash =
      '/definition/acceptedKeywords/1 yes is accepted by the campaign "Flu shots" too, which goes from the same number to some of the same people';
    assert.deepEqual(await faults(second.body.id), [clash]);
    assert.equal((await tell(second.body.id, 'start')).status, 409);
    // Loaded: its people are those whom it has.
    await database.adminPool.query(
      `UPDATE campaign SET status = 'active', loaded_at = now() WHERE campaign_id = $1`,
      [first.body.id],
    );
    assert.deepEqual(await faults(second.body.id), []);
    await database.adminPool.query(
      `INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, state) VALUES ($1, $2, '+12125550791', 'sent')`,
      [first.body.id, ana],
    );
    assert.deepEqual(await faults(second.body.id), [clash]);
    for (const others of [
      await asks([toBo], ['yes']),
      await asks([alsoToAna], ['maybe']),
      await asks([alsoToAna], ['yes'], { senderNumbers: ['+14155550177'] }),
    ])
      assert.deepEqual(await faults(others.body.id), []);
    // A pool that the number is in goes from that number.
    await database.adminPool.query(
      `INSERT INTO sender_pool (pool, created_at, updated_at) VALUES ('answers', now(), now())`,
    );
    const pooled = await asks([alsoToAna], ['Maybe', 'yes'], { senderPool: 'answers' });
    const aboutKeywords = async () =>
      (await faults(pooled.body.id)).filter((each) => each.startsWith('/definition/acceptedKeywords'));
    assert.deepEqual(await aboutKeywords(), []);
    await database.adminPool.query(
      `INSERT INTO sender (sender_number, carrier, type, registration, segments_per_second, pool, created_at, updated_at)
       VALUES ($1, 'twilio', 'long_code', 'registered', 1, 'answers', now(), now())`,
      [DEFAULT_SENDER],
    );
    assert.deepEqual(await aboutKeywords(), [clash]);
    await database.adminPool.query(`DELETE FROM sender WHERE pool = 'answers'`);
    const coded = await asks([toBo], ['clean2026', 'stop', 'YES']);
    assert.deepEqual(await faults(coded.body.id), [
      '/definition/acceptedKeywords/0 clean2026 is a registration code of the programme clean-hands',
      '/definition/acceptedKeywords/1 stop opts out whoever texts it',
    ]);
    const { body: check } = await api.send('GET', `/v1/campaigns/${coded.body.id}/check`);
    assert.deepEqual(
      check.warnings.map(({ detail }: { detail: string }) => detail.slice(0, 28)),
      ['texts go from numbers of Cle', 'asks for NO as an answer, wh', 'asks for CANCEL as an answer'],
    );
    await tell(first.body.id, 'stop');
    assert.deepEqual(await faults(second.body.id), []);
  });

  it('count who answered with which word, and open those people', async () => {
    const { body } = await draft({ acceptedKeywords: ['YES', 'No'] });
    await database.adminPool.query(
      `INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, state, replied_at, keyword, keyword_at)
       SELECT $1, gen_random_uuid(), '+1212555070' || n, 'sent', now(), CASE WHEN n < 3 THEN 'yes' END, now()
         FROM generate_series(1, 4) AS n`,
      [body.id],
    );
    await database.adminPool.query(
      `INSERT INTO campaign_count VALUES ($1, 0, 'sent', 4), ($1, 0, 'replied', 4), ($1, 0, 'keyword:yes', 2)`,
      [body.id],
    );
    const { body: metrics } = await api.send('GET', `/v1/campaigns/${body.id}/metrics`);
    const counts = [
      { keyword: 'YES', contacts: 2 },
      { keyword: 'No', contacts: 0 },
    ];
    assert.deepEqual([metrics.replied, metrics.keywords, metrics.variants[0].keywords], [4, counts, counts]);
    const list = async (keyword: string) =>
      (await api.send('GET', `/v1/campaigns/${body.id}/contacts?keyword=${keyword}`)).body.items.map(
        (each: { keyword: string }) => each.keyword,
      );
    assert.deepEqual([await list('Yes'), await list('NO')], [['yes', 'yes'], []]);
    const exported = await api.send('GET', `/v1/campaigns/${body.id}/contacts/export?keyword=YES`);
    assert.match(exported.body, /,keyword\r\n/);
  });

  it('are told what to do, as often as one likes, and say what they may be told instead', async () => {
    const { body } = await draft();
    const pause = await tell(body.id, 'pause');
    assert.deepEqual([pause.status, pause.body.code], [409, 'conflict']);
    assert.match(
      pause.body.detail,
      /is draft: it cannot be told to pause. It may be told to schedule, start\./,
    );
    const first = await tell(body.id, 'start');
    assert.deepEqual(first.body, {
      campaignId: body.id,
      campaignType: 'sms',
      success: true,
      message: 'The campaign is scheduled now.',
      status: 'scheduled',
    });
    const second = await tell(body.id, 'start');
    assert.deepEqual([second.status, second.body.message], [200, 'The campaign is scheduled already.']);
    const later = await tell(body.id, 'schedule', { startAt: '2026-12-01T15:00:00Z' });
    assert.equal(later.body.status, 'scheduled');
    assert.equal(
      (await api.send('GET', `/v1/campaigns/${body.id}`)).body.startAt,
      '2026-12-01T15:00:00.000Z',
    );
    assert.equal((await tell(body.id, 'unschedule')).body.status, 'draft');
    await tell(body.id, 'start');
    assert.equal((await tell(body.id, 'stop')).body.status, 'stopped');
    assert.equal((await tell(body.id, 'start')).status, 409);
    const { rows } = await database.adminPool.query('SELECT action FROM audit_entry ORDER BY position');
    assert.deepEqual(
      rows.map(({ action }) => action),
      ['created', 'started', 'unchanged', 'scheduled', 'unscheduled', 'started', 'stopped'],
    );
  });

  it('say where texts go through carriers that never say that a number takes none, for whom calls would hardly come', async () => {
    await database.adminPool.query(
      `INSERT INTO sender (sender_number, carrier, type, registration, segments_per_second, created_at, updated_at)
       VALUES ('+14155550181', 'twilio', 'long_code', 'registered', 1, now(), now()),
              ('+14155550182', 'vonage', 'long_code', 'registered', 1, now(), now()),
              ('+14155550183', 'aws', 'long_code', 'registered', 1, now(), now())`,
    );
    const other = await startTestApi(database, { carriers: ['twilio', 'vonage', 'aws'] });
    const warningsOf = async (senderNumbers: string[], definition: object, more: object = {}) => {
      const { body } = await draft({ senderNumbers, ...definition }, more);
      const check = await other.send('GET', `/v1/campaigns/${body.id}/check`);
      return check.body.warnings.map(
        ({ detail, pointer }: { detail: string; pointer: string }) => `${pointer} ${detail}`,
      );
    };
    const [twilio, vonage, aws] = ['+14155550181', '+14155550182', '+14155550183'] as const;
    const silent = (which: string, names: string) =>
      `${which} through carriers that never say that a number takes no texts (${names}): of whoever is texted through them only the contact's lineType says so`;
    const fallback = { fallback: 'voice' };
    const hybrid = {
      ladder: [{ channel: 'sms' }, { channel: 'voice', after: ['undelivered', 'unreachable'] }],
    };
    assert.deepEqual(
      [
        await warningsOf([twilio], fallback),
        await warningsOf([twilio, vonage], {}),
        await warningsOf([twilio, vonage], fallback),
        await warningsOf([vonage, aws], fallback),
        await warningsOf([twilio, aws], hybrid, { type: 'hybrid' }),
      ],
      [
        [],
        [],
        [`/definition/fallback ${silent('1 of 2 numbers text', 'Vonage')}`],
        [`/definition/fallback ${silent('texts', 'Vonage, AWS')}`],
        [`/definition/ladder/1/after ${silent('1 of 2 numbers text', 'AWS')}`],
      ],
    );
    await other.stop();
    await database.adminPool.query('DELETE FROM sender');
  });

  it('say when answers go to a programme that registers by code, which tells whoever is not registered that theirs is none', async () => {
    const warnings = async (definition: object, more: object = {}) => {
      const { body } = await draft(definition, more);
      const check = await api.send('GET', `/v1/campaigns/${body.id}/check`);
      return check.body.warnings;
    };
    assert.deepEqual(await warnings({}), [
      {
        pointer: '/definition/senderNumbers',
        detail:
          'texts go from numbers of Clean Hands, where people register by code: who is not registered and answers is told that this is no code; send from numbers that no programme owns',
      },
    ]);
    assert.deepEqual(await warnings({ senderNumbers: ['+14155550181'] }), []);
    assert.deepEqual(await warnings({}, { type: 'voice' }), []);
  });

  it('say what files with texts are like by their servers, which keeps nothing from starting', async () => {
    const asked = await startTestApi(database, {
      askHead: async () => ({ kind: 'head', head: { status: 404, type: null, bytes: null } }),
    });
    const variants = [{ name: 'A', bodies: { en: 'Look' }, mediaUrls: ['https://example.org/a.png'] }];
    const { body } = await draft({ variants, senderNumbers: ['+14155550181'] });
    const check = await asked.send('GET', `/v1/campaigns/${body.id}/check`);
    await asked.stop();
    assert.deepEqual(
      [check.body.mayStart, check.body.warnings],
      [
        true,
        [
          {
            pointer: '/definition/variants/0/mediaUrls/0',
            detail: 'is answered with 404: a carrier would not get it',
          },
        ],
      ],
    );
  });

  it('of calls start once they say how they call, in words that a voice can say', async () => {
    const variants = [{ name: 'A', calls: { en: { message: { say: 'The clinic is open.' } } } }];
    const { body } = await draft({ variants }, { type: 'voice' });
    const { body: refused } = await tell(body.id, 'start');
    assert.deepEqual(refused.faults, [
      {
        in: 'body',
        pointer: '/definition/call',
        detail: 'must say how it calls: name a toll-free number',
      },
    ]);
    const call = { tollFreeNumber: '+18005550142' };
    const { body: ready } = await draft({ variants, call }, { type: 'voice' });
    assert.equal((await tell(ready.id, 'start')).body.status, 'scheduled');
  });

  it('are cloned as drafts, whatever they are', async () => {
    const { body } = await draft();
    await tell(body.id, 'start');
    const clone = await api.send('POST', `/v1/campaigns/${body.id}/clone`, { body: {} });
    assert.deepEqual([clone.status, clone.body.name, clone.body.status], [201, 'Flu shots (copy)', 'draft']);
    assert.deepEqual(clone.body.definition, body.definition);
  });

  it('are approved by a second person', async () => {
    const { body } = await draft();
    await database.adminPool.query(
      `UPDATE campaign SET status = 'paused', paused_from = 'active', waits_for = 'approval',
              reason = 'Its audience of 9 is above 5: a second person has to approve it.'`,
    );
    assert.match((await tell(body.id, 'resume')).body.detail, /second person/);
    assert.match((await tell(body.id, 'approve')).body.detail, /somebody else has to approve it/);
    await database.adminPool.query(
      `UPDATE campaign SET created_by = 'somebody else', edited_by = '{the admin}'`,
    );
    assert.match((await tell(body.id, 'approve')).body.detail, /the admin changed the campaign/);
    await database.adminPool.query(`UPDATE campaign SET edited_by = '{}'`);
    const approved = await tell(body.id, 'approve');
    // It has no slot of its pool before the service of campaigns has one for it.
    const { status, waitsFor } = approved.body;
    assert.deepEqual([approved.status, status, waitsFor], [200, 'paused', 'slot']);
    assert.equal((await tell(body.id, 'resume')).body.message, 'The campaign is paused already.');
  });

  it('are approved with the size that they have, which a change of them takes back', async () => {
    const { body } = await draft();
    const other = await api.key('operator');
    await database.adminPool.query(`UPDATE campaign SET created_by = 'somebody else'`);
    const path = `/v1/campaigns/${body.id}`;
    const { contacts } = (await api.send('GET', `${path}/estimate`)).body.basis;
    const approved = await api.send('POST', `${path}/approve`, { key: other });
    assert.deepEqual(
      [approved.status, approved.body.status, approved.body.approvedContacts],
      [200, 'draft', contacts],
    );
    const changed = await api.send('PATCH', path, {
      body: { name: 'Another' },
      headers: { 'if-match': approved.headers.get('etag') ?? '' },
    });
    assert.deepEqual([changed.body.approvedBy, changed.body.approvedContacts], [null, null]);
  });

  it('know everybody who changed them, once each, beside their author', async () => {
    const { body, headers } = await draft();
    const other = await api.key('operator');
    const path = `/v1/campaigns/${body.id}`;
    let tag = headers.get('etag') ?? '';
    for (const name of ['One', 'Two']) {
      const changed = await api.send('PATCH', path, {
        key: other,
        body: { name },
        headers: { 'if-match': tag },
      });
      tag = changed.headers.get('etag') ?? '';
      assert.deepEqual(changed.body.editedBy, ['the operator']);
    }
    const approved = await api.send('POST', `${path}/approve`, { key: other });
    assert.deepEqual([approved.status, approved.body.code], [409, 'conflict']);
  });

  it('are not told anything by somebody who has seen an older version', async () => {
    const { body, headers } = await draft();
    const stale = { 'if-match': headers.get('etag') ?? '' };
    await tell(body.id, 'start');
    for (const command of ['start', 'stop', 'approve']) {
      const answer = await api.send('POST', `/v1/campaigns/${body.id}/${command}`, { headers: stale });
      assert.deepEqual([answer.status, answer.body.code], [412, 'changed_meanwhile']);
    }
    const seen = await api.send('GET', `/v1/campaigns/${body.id}`);
    assert.equal(seen.body.status, 'scheduled');
    const stopped = await api.send('POST', `/v1/campaigns/${body.id}/stop`, {
      headers: { 'if-match': seen.headers.get('etag') ?? '' },
    });
    assert.equal(stopped.status, 200);
  });

  it('count their contacts by state and reason, and list them with the reason in words', async () => {
    const { body } = await draft();
    await database.adminPool.query(
      `INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, state, rule)
       VALUES ($1, gen_random_uuid(), '+14155550101', 'sent', NULL), ($1, gen_random_uuid(), '+14155550102', 'blocked', 'suppressed'),
              ($1, gen_random_uuid(), '+14155550103', 'skipped', 'missing_first_name')`,
      [body.id],
    );
    await database.adminPool.query(
      `INSERT INTO campaign_count VALUES ($1, 0, 'sent', 1), ($1, 0, 'blocked', 1), ($1, 0, 'blocked:suppressed', 1),
              ($1, 0, 'skipped', 1), ($1, 0, 'skipped:missing_first_name', 1), ($1, 0, 'pending', 0)`,
      [body.id],
    );
    const metrics = await api.send('GET', `/v1/campaigns/${body.id}/metrics`);
    assert.equal(metrics.body.total, 3);
    assert.deepEqual(
      metrics.body.states.map(({ contacts, state }: { contacts: number; state: string }) => [
        state,
        contacts,
      ]),
      [
        ['sent', 1],
        ['blocked', 1],
        ['skipped', 1],
      ],
    );
    assert.equal(metrics.body.variants[0].name, 'A');
    const blocked = await api.send('GET', `/v1/campaigns/${body.id}/contacts?state=blocked`);
    assert.match(blocked.body.items[0].says, /opted out/);
    const phones: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const answer = await api.send(
        'GET',
        `/v1/campaigns/${body.id}/contacts?limit=1${cursor && `&cursor=${cursor}`}`,
      );
      phones.push(...answer.body.items.map(({ phoneNumber }: { phoneNumber: string }) => phoneNumber));
      cursor = answer.body.nextCursor;
    }
    assert.equal(new Set(phones).size, 3);
  });

  it('count their messages by what the carrier says, and open the contacts of each count', async () => {
    const { body } = await draft({
      variants: [
        { name: 'A', bodies: { en: 'Hi' } },
        { name: '=B', bodies: { en: 'Hello' } },
      ],
      experiment: { metric: 'delivered', sample: 10 },
    });
    await database.adminPool.query(
      `WITH each AS (
         INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, variant, state, rule, attempts)
         SELECT $1, gen_random_uuid(), '+1415555010' || n, n % 2,
                CASE WHEN n < 4 THEN 'delivered' ELSE 'undelivered' END, CASE WHEN n >= 4 THEN '30003' END, 1
           FROM generate_series(0, 5) AS n RETURNING *),
       told AS (
         INSERT INTO campaign_delivery (log_id, campaign_id, variant, contact_id, message_id, carrier, outcome, error_code, segments, is_news)
         SELECT gen_random_uuid(), $1, variant, contact_id, gen_random_uuid(), 'twilio', state, rule, 2, false FROM each)
       INSERT INTO campaign_opt_out SELECT $1, contact_id, variant, gen_random_uuid(), now() FROM each WHERE phone_number = '+14155550100'`,
      [body.id],
    );
    await database.adminPool.query(
      `INSERT INTO campaign_count VALUES ($1, 0, 'delivered', 2), ($1, 1, 'delivered', 2), ($1, 0, 'undelivered', 1),
              ($1, 1, 'undelivered', 1), ($1, 0, 'undelivered:30003', 1), ($1, 1, 'undelivered:30003', 1), ($1, 1, 'clicked', 2)`,
      [body.id],
    );
    await database.adminPool.query(
      `WITH spent AS (INSERT INTO campaign_spend (campaign_id, segments, media_messages, micros) VALUES ($1, 12, 0, 99600))
       INSERT INTO campaign_variant_spend VALUES ($1, 0, 5, 0, 41500), ($1, 1, 7, 0, 58100)`,
      [body.id],
    );
    await database.adminPool.query(
      `INSERT INTO campaign_delivery_count VALUES ($1, 0, 'delivered', 2), ($1, 1, 'delivered', 2), ($1, 0, 'undelivered', 1),
              ($1, 1, 'undelivered', 1), ($1, 0, 'undelivered:30003', 1), ($1, 1, 'undelivered:30003', 1),
              ($1, 0, 'segments:twilio', 6), ($1, 1, 'segments:twilio', 6), ($1, 0, 'opted_out', 1)`,
      [body.id],
    );
    const path = `/v1/campaigns/${body.id}`;
    const { body: metrics } = await api.send('GET', `${path}/metrics`);
    assert.deepEqual(metrics.deliveries, [
      { outcome: 'delivered', messages: 4, codes: [] },
      {
        outcome: 'undelivered',
        messages: 2,
        codes: [{ code: '30003', says: 'Handset cannot be reached.', messages: 2 }],
      },
    ]);
    assert.deepEqual([metrics.segments, metrics.optedOut, metrics.variants[1].segments], [12, 1, 6]);
    assert.deepEqual(
      [metrics.cost, metrics.clicked, metrics.variants.map(({ clicked }: { clicked: number }) => clicked)],
      [0.0996, 2, [0, 2]],
    );
    assert.deepEqual(
      metrics.variants.map(({ cost }: { cost: number }) => cost),
      [0.0415, 0.0581],
    );
    assert.equal(metrics.states[1].reasons[0].says, 'Handset cannot be reached.');
    assert.deepEqual(
      metrics.experiment.variants.map(({ successes, tried }: { tried: number; successes: number }) => [
        successes,
        tried,
      ]),
      [
        [2, 3],
        [2, 3],
      ],
    );
    assert.deepEqual([metrics.experiment.isComplete, metrics.experiment.leader], [false, null]);
    for (const [query, count] of [
      ['state=delivered', 4],
      ['state=delivered&variant=1', 2],
      ['rule=30003', 2],
      ['outcome=undelivered', 2],
      ['outcome=undelivered&code=30003&variant=0', 1],
      ['code=30006', 0],
      ['optedOut=true', 1],
    ] as const) {
      const found = await api.send('GET', `${path}/contacts?${query}`);
      assert.equal(found.body.items.length, count, query);
      const csv = await api.send('GET', `${path}/contacts/export?${query}`);
      assert.equal(csv.body.split('\r\n').length, count + 2, query);
    }
  });

  it('say what happened when, how fast they go now, and how fast their numbers do', async () => {
    const { body } = await draft();
    const now = new Date('2026-11-26T12:00:00Z');
    const pool = database.adminPool;
    await pool.query(
      `WITH each AS (
         INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, variant, state, replied_at)
         SELECT $1, gen_random_uuid(), '+1415555012' || n, 0, 'sent', CASE WHEN n = 0 THEN $2::timestamptz END
           FROM generate_series(0, 4) AS n
         RETURNING contact_id, phone_number, right(phone_number, 1)::int AS n),
       log AS (
         INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, our_number, segments, status,
                                  status_rank, status_at, occurred_at)
         SELECT gen_random_uuid(), 'twilio', 'SM' || n, 'outbound', phone_number, '+14155550100', 2, 'sent', 1,
                $2::timestamptz - make_interval(secs => 90 * n), $2::timestamptz - make_interval(secs => 90 * n + 5)
           FROM each
         RETURNING log_id, phone_number)
       INSERT INTO campaign_delivery (log_id, campaign_id, variant, contact_id, message_id, carrier, outcome, segments, is_news)
       SELECT log_id, $1, 0, contact_id, gen_random_uuid(), 'twilio',
              CASE n WHEN 0 THEN 'delivered' WHEN 1 THEN 'undelivered' ELSE 'underway' END, 2, false
         FROM log JOIN each USING (phone_number)`,
      [body.id, now],
    );
    await pool.query(
      `INSERT INTO campaign_count (campaign_id, variant, measure, value)
       VALUES ($1, 0, 'sent', 3), ($1, 0, 'answered', 2), ($1, 0, 'answered:opted_out', 1), ($1, 0, 'held', 2), ($1, 0, 'held:quiet_hours', 2), ($1, 0, 'replied', 1)`,
      [body.id],
    );
    await pool.query(`UPDATE campaign SET status = 'active' WHERE campaign_id = $1`, [body.id]);
    const course = await api.send('GET', `/v1/campaigns/${body.id}/course`);
    assert.equal(course.status, 200, JSON.stringify(course.body));
    const sums = { sent: 0, delivered: 0, missed: 0, replied: 0 };
    for (const point of course.body.points) {
      for (const key of ['sent', 'delivered', 'missed', 'replied'] as const) sums[key] += point[key];
    }
    assert.deepEqual(sums, { sent: 5, delivered: 1, missed: 1, replied: 1 });
    assert.deepEqual(
      [course.body.stepSeconds, course.body.share, course.body.points[0].at],
      [10, 1, '2026-11-26T11:53:50.000Z'],
    );
    const senders = await api.send('GET', `/v1/campaigns/${body.id}/senders`);
    assert.equal(senders.status, 200, JSON.stringify(senders.body));
    const [sender] = senders.body.items;
    assert.deepEqual(
      [sender.senderNumber, sender.isKnown, sender.segmentsPerSecond, sender.nowPerSecond * 60],
      ['+14155550100', false, null, 2],
    );
    const list = await api.send('GET', '/v1/campaigns?stage=running&q=FLU');
    assert.deepEqual(list.body.items[0].progress, {
      contacts: 7,
      reached: 5,
      waiting: 2,
      held: 2,
      missed: 0,
      leftOut: 0,
      replied: 1,
      perMinute: 1,
    });
    const contacts = async (query: string) =>
      (await api.send('GET', `/v1/campaigns/${body.id}/contacts?${query}`)).body.items;
    const [one] = await contacts('states=sent,delivered&limit=1');
    assert.deepEqual(
      [(await contacts('states=sent,held')).length, (await contacts('states=held')).length],
      [5, 0],
    );
    assert.deepEqual(await contacts(`contactId=${one.contactId}`), [one]);
    for (const query of ['stage=ended', 'q=nobody', 'stage=running&status=draft']) {
      assert.deepEqual((await api.send('GET', `/v1/campaigns?${query}`)).body.items, [], query);
    }
  });

  it('count their calls by how they ended, and how long they took, and open the contacts of each', async () => {
    const variants = [{ name: 'A', calls: { en: { message: { say: 'The clinic is open.' } } } }];
    const { body } = await draft({ variants, call: { tollFreeNumber: '+18005550142' } }, { type: 'voice' });
    await database.adminPool.query(
      `WITH each AS (
         INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, state, rule, attempts)
         SELECT $1, gen_random_uuid(), '+1415555010' || n, state, rule, 1
           FROM (VALUES (0, 'answered', NULL), (1, 'answered', 'opted_out'), (2, 'delivered', 'machine'), (3, 'held', 'retry_busy'))
                AS made(n, state, rule) RETURNING *)
       INSERT INTO campaign_delivery (log_id, campaign_id, variant, contact_id, message_id, carrier, outcome, segments, call_outcome,
                                      call_seconds, is_news)
       SELECT gen_random_uuid(), $1, 0, contact_id, gen_random_uuid(), 'twilio',
              CASE state WHEN 'held' THEN 'undelivered' ELSE 'delivered' END, 0,
              CASE WHEN state = 'held' THEN 'busy' ELSE coalesce(rule, state) END, 20, false FROM each`,
      [body.id],
    );
    await database.adminPool.query(
      `INSERT INTO campaign_count VALUES ($1, 0, 'answered', 2), ($1, 0, 'answered:opted_out', 1), ($1, 0, 'delivered', 1),
              ($1, 0, 'delivered:machine', 1), ($1, 0, 'held', 1), ($1, 0, 'held:retry_busy', 1)`,
      [body.id],
    );
    await database.adminPool.query(
      `INSERT INTO campaign_delivery_count VALUES ($1, 0, 'call:answered', 1), ($1, 0, 'call:opted_out', 1), ($1, 0, 'call:machine', 1),
              ($1, 0, 'call:busy', 1), ($1, 0, 'call_seconds', 60), ($1, 0, 'delivered', 3), ($1, 0, 'undelivered', 1)`,
      [body.id],
    );
    const path = `/v1/campaigns/${body.id}`;
    const { body: metrics } = await api.send('GET', `${path}/metrics`);
    assert.deepEqual(
      [metrics.calls, metrics.callSeconds],
      [['busy', 'answered', 'machine', 'opted_out'].map((outcome) => ({ outcome, calls: 1 })), 60],
    );
    assert.deepEqual(
      metrics.states.map(({ reasons, state }: { state: string; reasons: { says: string }[] }) => [
        state,
        ...reasons.map(({ says }) => says),
      ]),
      [
        ['delivered', 'An answering machine took the call, and was left the message.'],
        ['answered', 'The person answered, and pressed the key that opts out.'],
        ['held', 'The person was talking, and is called again.'],
      ],
    );
    for (const [query, count] of [
      ['call=answered', 1],
      ['call=busy&state=held', 1],
      ['call=failed', 0],
      ['state=answered', 2],
      ['state=answered&rule=opted_out', 1],
    ] as const) {
      const found = await api.send('GET', `${path}/contacts?${query}`);
      assert.equal(found.body.items.length, count, query);
      const csv = await api.send('GET', `${path}/contacts/export?${query}`);
      assert.equal(csv.body.split('\r\n').length, count + 2, query);
    }
  });

  it('are exported as CSV, without anything that a spreadsheet would compute', async () => {
    const { body } = await draft({ variants: [{ name: '=1+1', bodies: { en: 'Hi' } }] });
    await database.adminPool.query(
      `INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, state, rule, attempts)
       VALUES ($1, '0190a6f0-7a1b-7c3d-8e4f-5a6b7c8d9e0f', '+14155550101', 'skipped', 'missing_first_name', 0)`,
      [body.id],
    );
    const csv = await api.send('GET', `/v1/campaigns/${body.id}/contacts/export`);
    assert.match(csv.headers.get('content-type') ?? '', /text\/csv/);
    assert.deepEqual(csv.body.split('\r\n'), [
      'contact_id,phone_number,variant,state,rule,says,attempts,message_id,due_at,replied_at,step,keyword',
      `0190a6f0-7a1b-7c3d-8e4f-5a6b7c8d9e0f,+14155550101,'=1+1,skipped,missing_first_name,"The contact has no first_name, which the text needs.",0,,,,,`,
      '',
    ]);
  });

  it('are listed newest first, page by page, by status, and put away when they have ended', async () => {
    for (let n = 0; n < 3; n += 1) await draft({}, { name: `Campaign ${n}` });
    const first = await api.send('GET', '/v1/campaigns?limit=2');
    const second = await api.send('GET', `/v1/campaigns?limit=2&cursor=${first.body.nextCursor}`);
    const names = [...first.body.items, ...second.body.items].map(({ name }: { name: string }) => name);
    assert.deepEqual(names.toSorted(), ['Campaign 0', 'Campaign 1', 'Campaign 2']);
    const [{ id }] = first.body.items;
    await tell(id, 'start');
    assert.equal((await tell(id, 'archive', { archived: true })).status, 409);
    await tell(id, 'stop');
    assert.equal((await tell(id, 'archive', { archived: true })).status, 200);
    assert.equal((await api.send('GET', '/v1/campaigns')).body.items.length, 2);
    assert.deepEqual(
      (await api.send('GET', '/v1/campaigns?archived=true')).body.items.map(
        (each: { id: string }) => each.id,
      ),
      [id],
    );
  });
});
