import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { type Clock, systemClock } from '#shared/clock.ts';
import { erasePerson } from '#shared/erasure/erase.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { runs } from '#test/properties/runs.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { forgetClicks } from './forget-clicks.ts';
import { MOST_OF_A_LINK, MOST_UNKNOWN } from './links.ts';
import { type Click, recordClicks } from './record-clicks.ts';
import { startTestLinks, type TestLinks } from './test-links.ts';

const PHONE = '+14155550101';
const TARGET = 'https://example.org/flu?who=P-1044';

describe('Short links', () => {
  let database: TestDatabase;
  let pool: Pool;
  let links: TestLinks;
  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
  });
  after(() => database.drop());
  beforeEach(async () => {
    links = await startTestLinks(database, patientClock);
    await emptyTables(
      pool,
      'short_link, link_click, campaign_click, campaign_count, message, attempt, phone, erased_phone',
    );
  });
  afterEach(() => links.stop());

  /** Answers wait for what they record, however busy the machine is. */
  const patientClock: Clock = {
    ...systemClock(),
    sleep: (_ms, signal) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  };

  let made = 0;
  /** A link in a text that went to the carrier so many seconds ago; null: it has not gone. */
  async function insertLink(
    more: {
      campaignId?: string;
      contactId?: string | null;
      postedSecondsAgo?: number | null;
      url?: string | null;
      variant?: number;
    } = {},
  ): Promise<string> {
    made += 1;
    const token = `token${String(made).padStart(7, '0')}`;
    const messageId = randomUUID();
    const { postedSecondsAgo = 60 } = more;
    await pool.query(
      `INSERT INTO short_link (token, url, campaign_id, contact_id, variant, message_id, phone_number, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, now())`,
      [
        token,
        more.url === undefined ? TARGET : more.url,
        more.campaignId ?? randomUUID(),
        more.contactId === undefined ? randomUUID() : more.contactId,
        more.variant ?? 0,
        messageId,
        PHONE,
      ],
    );
    if (postedSecondsAgo !== null) {
      await pool.query(
        `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, posted_at)
         VALUES (gen_random_uuid(), $1, $2, 'twilio', '+14155550100', 'accepted', now() - $3 * interval '1 second')`,
        [messageId, PHONE, postedSecondsAgo],
      );
    }
    return token;
  }
  const clicks = async (): Promise<{ token: string; visitor: string; rule: string | null }[]> => {
    const { rows } = await pool.query(
      'SELECT token, visitor, rule FROM link_click ORDER BY clicked_at, click_id',
    );
    return rows;
  };
  const counted = async (): Promise<unknown[]> => {
    const { rows } = await pool.query(
      'SELECT campaign_id, variant, measure, value FROM campaign_count ORDER BY campaign_id, variant',
    );
    return rows;
  };

  it('lead on, tell nobody where from, and are not kept by what stands between', async () => {
    const token = await insertLink();
    const answer = await links.ask(`/l/${token}`);
    assert.equal(answer.status, 302);
    assert.equal(answer.headers.get('location'), TARGET);
    assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
    assert.match(answer.headers.get('cache-control') ?? '', /no-store/);
    assert.equal(await answer.text(), '');
  });

  it('record every request once it is answered, and count each contact once', async () => {
    const campaignId = randomUUID();
    const contactId = randomUUID();
    const [first, second] = [
      await insertLink({ campaignId, contactId, variant: 1 }),
      await insertLink({ campaignId, contactId, variant: 1 }),
    ];
    for (const token of [first, first, second]) {
      assert.equal((await links.ask(`/l/${token}`)).status, 302);
    }
    assert.deepEqual(
      (await clicks()).map(({ token }) => token),
      [first, first, second],
    );
    assert.deepEqual(await counted(), [
      { campaign_id: campaignId, variant: 1, measure: 'clicked', value: 1 },
    ]);
    assert.equal(links.metrics.sums['LinkClicks person'], 3);
  });

  it('record machines, lead them on and do not count them; a person after them is counted', async () => {
    const token = await insertLink();
    const path = `/l/${token}`;
    assert.equal((await links.ask(path, { method: 'HEAD' })).headers.get('location'), TARGET);
    await links.ask(path, { headers: { 'user-agent': 'WhatsApp/2.24.20.89 A' } });
    await links.ask(path, { headers: { 'sec-purpose': 'prefetch' } });
    assert.deepEqual(
      (await clicks()).map(({ rule }) => rule),
      ['head', 'crawler', 'prefetch'],
    );
    assert.deepEqual(await counted(), []);
    await links.ask(path);
    assert.equal((await counted()).length, 1);
  });

  it('asked for before their text has gone are asked for by a machine, and looked up anew when it has', async () => {
    const token = await insertLink({ postedSecondsAgo: null });
    await links.ask(`/l/${token}`);
    await pool.query(
      `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, posted_at)
       SELECT gen_random_uuid(), message_id, phone_number, 'twilio', '+14155550100', 'accepted', now() - interval '1 minute'
         FROM short_link`,
    );
    await links.ask(`/l/${token}`);
    assert.deepEqual(
      (await clicks()).map(({ rule }) => rule),
      ['too_soon', null],
    );
  });

  it('of tests are recorded and counted nowhere', async () => {
    await links.ask(`/l/${await insertLink({ contactId: null })}`);
    assert.deepEqual([(await clicks()).length, await counted()], [1, []]);
  });

  it('that nobody made lead nowhere, whatever they look like', async () => {
    const token = await insertLink();
    for (const path of [
      '/l/unknownToken',
      `/l/${token}x`,
      `/l/${token.slice(1)}`,
      '/l/https:%2F%2Fevil.example',
      `/l/${token.toUpperCase()}`,
    ]) {
      const answer = await links.ask(path);
      assert.deepEqual([answer.status, answer.headers.get('location')], [404, null], path);
      assert.match(await answer.text(), /leads nowhere/);
    }
    assert.equal((await links.ask(`/l/${token}`, { method: 'POST' })).status, 404);
    assert.deepEqual(await clicks(), []);
  });

  it('that do not exist cannot be looked for at will, and those that do lead on from the same address', async () => {
    const token = await insertLink();
    const headers = { 'x-forwarded-for': '192.0.2.7' };
    for (let n = 0; n < MOST_UNKNOWN; n += 1) {
      const path = n % 2 === 0 ? '/l/unknownToken' : '/l/cut';
      assert.equal((await links.ask(path, { headers })).status, 404);
    }
    const refused = await links.ask('/l/unknownToken', { headers });
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '60']);
    assert.equal((await links.ask('/l/cut', { headers })).status, 429);
    // Behind the address of a carrier there are thousands, and one of them may ask for what does not exist.
    assert.equal((await links.ask(`/l/${token}`, { headers })).status, 302);
    const elsewhere = { 'x-forwarded-for': '192.0.2.8' };
    assert.equal((await links.ask('/l/unknownToken', { headers: elsewhere })).status, 404);
    assert.equal(links.metrics.sums['LinksRefused limited'], 2);
  });

  it('are not followed more often in a minute than people do', async () => {
    const token = await insertLink();
    for (let n = 0; n < MOST_OF_A_LINK; n += 1) assert.equal((await links.ask(`/l/${token}`)).status, 302);
    assert.equal((await links.ask(`/l/${token}`)).status, 429);
    assert.equal((await clicks()).length, MOST_OF_A_LINK);
  });

  it('lead on while clicks cannot be recorded, which is made up for', async () => {
    await links.stop();
    links = await startTestLinks(database, systemClock());
    const token = await insertLink();
    links.away = true;
    assert.equal((await links.ask(`/l/${token}`)).status, 302);
    assert.deepEqual(await clicks(), []);
    links.away = false;
    await links.clicks.stop();
    assert.equal((await clicks()).length, 1);
  });

  it('lead nowhere for somebody who was erased, and what was counted stays', async () => {
    const token = await insertLink();
    await links.ask(`/l/${token}`);
    await erasePerson(pool, {
      phone: phoneNumber(PHONE),
      reason: 'asked for it',
      by: 'ann',
      pseudonyms: testPseudonyms,
      clock: systemClock(),
    });
    const { rows } = await pool.query('SELECT url, phone_number FROM short_link');
    assert.deepEqual(rows, [{ url: null, phone_number: testPseudonyms.of(phoneNumber(PHONE)) }]);
    const fresh = await startTestLinks(database, systemClock());
    assert.equal((await fresh.ask(`/l/${token}`)).status, 404);
    await fresh.stop();
    assert.equal((await counted()).length, 1);
  });

  it('are forgotten one by one when they are old enough, and who followed them stays', async () => {
    const [old, young] = [await insertLink({ variant: 1 }), await insertLink()];
    const now = new Date('2026-06-30T12:00:00Z');
    const ago = (days: number, ms: number): Date => new Date(now.getTime() - days * 86_400_000 + ms);
    const click = (token: string, clickedAt: Date): Click => ({
      clickId: randomUUID(),
      token,
      clickedAt,
      visitor: 'person',
      rule: null,
    });
    await recordClicks(pool, [
      ...[ago(30, -1), ago(31, 0), ago(32, 0)].map((at) => click(old, at)),
      ...[ago(30, 0), ago(1, 0)].map((at) => click(young, at)),
    ]);
    const before = await counted();
    const gateways = [1, 2].map(() =>
      createPool({ ...database.configFor('gateway'), max: 1 }, () => undefined),
    );
    const [first] = gateways;
    assert.ok(first !== undefined);
    assert.equal(await forgetClicks(first, { days: 30, now, limit: 2 }), 2);
    const left = await Promise.all(gateways.map((gateway) => forgetClicks(gateway, { days: 30, now })));
    assert.equal(
      left.reduce((sum, n) => sum + n, 0),
      1,
    );
    await Promise.all(gateways.map((gateway) => gateway.end()));
    assert.deepEqual(
      (await clicks()).map(({ token }) => token),
      [young, young],
    );
    assert.deepEqual([before.length, await counted()], [2, before]);
    assert.equal((await pool.query('SELECT FROM campaign_click')).rowCount, 2);
  });

  it('are found together in few statements, by however many they are asked for', async () => {
    const tokens: string[] = [];
    for (let n = 0; n < 40; n += 1) tokens.push(await insertLink());
    const answers = await Promise.all(tokens.map((token) => links.ask(`/l/${token}`)));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([302]));
    assert.equal((await clicks()).length, 40);
  });

  it('are counted as their rows add up, for any clicks in any batches, repeated and at the same time', async () => {
    const campaigns = [randomUUID(), randomUUID()];
    const tokens: string[] = [];
    for (const campaignId of campaigns) {
      for (let contact = 0; contact < 3; contact += 1) {
        const contactId = randomUUID();
        for (let link = 0; link < 2; link += 1) {
          tokens.push(await insertLink({ campaignId, contactId, variant: contact % 2 }));
        }
      }
    }
    const batches = fc.array(
      fc.array(fc.record({ link: fc.nat(tokens.length - 1), isPerson: fc.boolean() }), { maxLength: 8 }),
      { minLength: 1, maxLength: 6 },
    );
    const gateways = [1, 2].map(() =>
      createPool({ ...database.configFor('gateway'), max: 2 }, () => undefined),
    );
    await fc.assert(
      fc.asyncProperty(batches, async (given) => {
        await emptyTables(pool, 'link_click, campaign_click, campaign_count');
        const made = given.map((batch) =>
          batch.map(
            ({ isPerson, link }): Click => ({
              clickId: randomUUID(),
              token: tokens[link] ?? '',
              clickedAt: new Date(),
              visitor: isPerson ? 'person' : 'machine',
              rule: isPerson ? null : 'head',
            }),
          ),
        );
        // Each batch by two tasks at once: one of them repeats what the other does.
        await Promise.all(
          gateways.map(async (gateway) => {
            for (const batch of made) await recordClicks(gateway, batch);
          }),
        );
        const { rows } = await pool.query<{ rows: number; counted: number; clicks: number }>(
          `WITH real AS (
             SELECT campaign_id, variant, count(DISTINCT contact_id) AS contacts
               FROM link_click JOIN short_link USING (token) WHERE visitor = 'person' GROUP BY 1, 2)
           SELECT (SELECT count(*)::int FROM link_click) AS clicks,
                  (SELECT coalesce(sum(contacts), 0)::int FROM real) AS rows,
                  (SELECT coalesce(sum(value), 0)::int FROM campaign_count WHERE measure = 'clicked') AS counted,
                  (SELECT count(*)::int FROM real FULL JOIN campaign_count AS kept USING (campaign_id, variant)
                    WHERE real.contacts IS DISTINCT FROM kept.value) AS different`,
        );
        const all = made.flat();
        const people = new Set(
          all
            .filter(({ visitor }) => visitor === 'person')
            .map(({ token }) => Math.floor(tokens.indexOf(token) / 2)),
        );
        assert.deepEqual(rows, [
          { clicks: all.length, rows: people.size, counted: people.size, different: 0 },
        ]);
      }),
      { numRuns: runs(25) },
    );
    await Promise.all(gateways.map((gateway) => gateway.end()));
  });
});
