import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { consentChange, WHOLE_SENDER } from '#shared/consent/change.ts';
import { completeRevocation } from '#shared/consent/complete.ts';
import { recordConsent } from '#shared/consent/record.ts';
import { silentLogger } from '#shared/logger.ts';
import { readCountedAge } from '#shared/operating/figures.ts';
import type { HoursRules } from '#shared/operating/hours-kept.ts';
import { NO_CAMPAIGN } from '#shared/operating/measures.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool, inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { runs } from '#test/properties/runs.ts';
import { countRows } from '../apps/campaigns/operating/count-rows.ts';
import { tellCounted, tellStanding } from '../apps/campaigns/operating/start-counting.ts';
import { insertCampaign } from '../apps/campaigns/test-campaigns.ts';
import { rowOfRecord } from '../apps/log/row.ts';
import { messageOf, outbound, outboundCall, status } from '../apps/log/sample-records.ts';
import { upsertRows } from '../apps/log/store.ts';
import { eventually } from './eventually.ts';
import { testPseudonyms } from './pseudonyms.ts';
import { emptyTables } from './stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from './stack/stack.ts';

/**
 * What is counted of a day is what its rows say, whoever writes when, commits late, takes back or dies in between. The rows are
 * added up a second time by PostgreSQL, which knows zones and clocks by itself.
 */

const RULES: HoursRules = { allowed: { from: 480, to: 1_200 }, closedDays: [], unknownPlaces: 'states' };
/** Missouri has the hours of the federation alone; Texas has its own, and on Sundays others. */
const PEOPLE = [
  { phone: '+13145550101', zone: 'America/Chicago' },
  { phone: '+13145550102', zone: 'America/Los_Angeles' },
  { phone: '+12145550103', zone: 'America/Chicago' },
  { phone: '+447700900123', zone: 'Europe/London' },
];
/** Weeks around both changes of clocks. */
const anyTime = fc
  .tuple(
    fc.constantFrom('2026-03-05', '2026-10-29', '2026-07-03'),
    fc.integer({ min: 0, max: 7 * 24 * 60 * 60 }),
  )
  .map(([day, second]) => new Date(Date.parse(day) + second * 1_000));

type Row =
  | {
      row: 'message';
      at: Date;
      who: number;
      campaign: number;
      isLesson: boolean;
      intent: string;
      isCall: boolean;
      isTaken: boolean;
      /** A status of it was heard before it was. */
      statusFirst: boolean;
      /** Its answer was found out by asking, so much later, in minutes. */
      late: number;
    }
  | { row: 'decision'; at: Date; campaign: number; verdict: string; rule: string }
  | { row: 'reply'; at: Date; campaign: number; isContact: boolean }
  | { row: 'contact'; campaign: number; state: string }
  | { row: 'consent'; who: number; scope: string; status: string; method: string; foundLate: boolean };

/** 2: of none. */
const campaign = fc.integer({ min: 0, max: 2 });
const anyRow: fc.Arbitrary<Row> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      row: fc.constant('message' as const),
      at: anyTime,
      who: fc.nat({ max: PEOPLE.length - 1 }),
      campaign,
      isLesson: fc.boolean(),
      intent: fc.constantFrom('transactional', 'marketing', 'transactional', 'reply'),
      isCall: fc.boolean(),
      isTaken: fc.constantFrom(true, true, true, false),
      statusFirst: fc.boolean(),
      late: fc.constantFrom(0, 0, 45),
    }),
  },
  fc.record({
    row: fc.constant('decision' as const),
    at: anyTime,
    campaign,
    verdict: fc.constantFrom('send', 'hold', 'block'),
    rule: fc.constantFrom('suppressed', 'revoked', 'no_consent'),
  }),
  fc.record({ row: fc.constant('reply' as const), at: anyTime, campaign, isContact: fc.boolean() }),
  fc.record({
    row: fc.constant('contact' as const),
    campaign: fc.integer({ min: 0, max: 1 }),
    state: fc.constantFrom('blocked', 'skipped', 'cancelled'),
  }),
  fc.record({
    row: fc.constant('consent' as const),
    who: fc.nat({ max: 1 }),
    scope: fc.constantFrom('sender', 'sender', 'news'),
    status: fc.constantFrom('opted_in', 'opted_out', 'pending_opt_out'),
    method: fc.constantFrom('sms', 'web', 'import'),
    foundLate: fc.boolean(),
  }),
);

type Event =
  /** A transaction that stays open. */
  | { do: 'write'; rows: Row[]; slot: number }
  | { do: 'commit' | 'take back'; slot: number }
  | { do: 'count' }
  /** Whoever counts dies in the middle. */
  | { do: 'die' };
const slot = fc.nat({ max: 2 });
const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      rows: fc.array(anyRow, { minLength: 1, maxLength: 8 }),
      slot,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('commit' as const), slot }) },
  fc.record({ do: fc.constant('take back' as const), slot }),
  { weight: 3, arbitrary: fc.constant({ do: 'count' as const }) },
  fc.constant({ do: 'die' as const }),
);

interface Open {
  end(commits: boolean): void;
  done: Promise<unknown>;
}

describe('Operating figures', () => {
  let database: TestDatabase;
  let admin: Pool;
  let pool: Pool;
  let next = 0;
  let campaigns: string[] = [];
  before(async () => {
    database = await createDatabase();
    admin = database.adminPool;
    // With the rights of the service that counts.
    pool = createPool(database.configFor('campaigns'), () => undefined);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(() => empty());

  async function empty(): Promise<void> {
    await emptyTables(
      admin,
      `campaign, campaign_contact, message, attempt, message_log, decision, reply, consent_change, consent_standing, suppression, phone, operating_count`,
    );
    await admin.query(
      'UPDATE operating_watch SET counted_to = clock_timestamp(), bound_at = NULL, bound_xid = NULL',
    );
    for (const { phone, zone } of PEOPLE)
      await admin.query('INSERT INTO phone (phone_number, time_zone) VALUES ($1, $2)', [phone, zone]);
    const windows = [
      [{ days: [1, 2, 3, 4, 5], from: '10:00', to: '18:00' }],
      [{ days: [1, 2, 3, 4, 5, 6, 7], from: '18:00', to: '09:00' }],
    ];
    warned = [];
    campaigns = [];
    for (const own of windows)
      campaigns.push(await insertCampaign(admin, new Date(), { definition: { windows: own } }));
  }

  const business = new Date('2026-06-15T12:00:00Z');
  const clock = { now: () => business, machineTime: () => new Date() };
  let warned: object[] = [];
  const logger = { warn: (fields: object) => void warned.push(fields) };
  const count = (hours = RULES) => countRows(pool, { clock, hours, logger, everyMs: 0, settlesMs: 0 });
  const DYING: HoursRules = {
    ...RULES,
    get allowed(): HoursRules['allowed'] {
      throw new Error('it died');
    },
  };

  async function write(tx: Transaction, row: Row): Promise<void> {
    const n = next++;
    const of = 'campaign' in row ? (campaigns[row.campaign] ?? null) : null;
    switch (row.row) {
      case 'message': {
        const who = PEOPLE[row.who] ?? { phone: '' };
        const record = (row.isCall ? outboundCall : outbound)(n, {});
        const known = {
          ...record,
          carrierMessageId: row.isTaken ? record.carrierMessageId : null,
          sentAt: row.at.toISOString(),
        };
        const log = rowOfRecord(known);
        if (log.content === null) throw new Error('a message without content');
        // A status that was heard before is committed already.
        if (row.statusFirst && row.isTaken)
          await upsertRows(admin, [
            { ...log, content: null, mentioned: rowOfRecord(status(n, 'sent')).mentioned },
          ]);
        await tx.query(
          `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id,
                                created_at, channel, campaign_id, lesson_campaign_id)
           VALUES ($1, $2, $3, 'bulk', $4, $5, 'Hi', $1, $1, now(), $6, $7, $8)`,
          [
            record.messageId,
            who.phone,
            n + 1,
            row.intent,
            record.senderNumber,
            row.isCall ? 'voice' : 'sms',
            row.isLesson ? null : of,
            row.isLesson ? of : null,
          ],
        );
        await tx.query(
          `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, posted_at, ended_at)
           VALUES ($1, $2, $3, 'twilio', $4, 'accepted', now() - $5 * interval '1 minute', now() + interval '2 seconds')`,
          [record.attemptId, record.messageId, who.phone, record.senderNumber, row.late],
        );
        await upsertRows(tx, [{ ...log, content: { ...log.content, phoneNumber: who.phone } }]);
        return;
      }
      case 'decision':
        await tx.query(
          `INSERT INTO decision_inputs (hash, inputs) VALUES ('none', '{}') ON CONFLICT DO NOTHING`,
        );
        await tx.query(
          `INSERT INTO decision (decision_id, decided_at, message_id, phone_number, campaign_id, channel, verdict, rule,
                                 rules_version, inputs_hash)
           VALUES ($1, $2, $1, '+13145550101', $3, 'sms', $4, CASE $4 WHEN 'send' THEN 'allowed' ELSE $5 END, '1', 'none')`,
          [randomUUID(), row.at, of, row.verdict, row.rule],
        );
        return;
      case 'reply':
        await tx.query(
          `INSERT INTO reply (reply_id, phone_number, our_number, contact_id, campaign_id, body, carrier, carrier_message_id,
                              received_at, session)
           VALUES ($1, '+13145550101', '+14155550100', $2, $3, 'Yes', 'twilio', $4, $5, 1)`,
          [randomUUID(), row.isContact ? randomUUID() : null, of, randomUUID(), row.at],
        );
        return;
      case 'contact':
        await tx.query(
          `INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, state, rule, settled_at)
           VALUES ($1, $2, $3, $4, 'x', clock_timestamp())`,
          [of, randomUUID(), `+1314555${String(n).padStart(4, '0')}`, row.state],
        );
        return;
      case 'consent':
        await tx.query(
          `INSERT INTO consent_change (change_id, phone_number, scope, status, method, cause, requested_at, found_late, deadline)
           VALUES ($1, $2, $3, $4, $5, 'x', '2020-01-01', $4 = 'opted_in' AND $6,
                   CASE $4 WHEN 'pending_opt_out' THEN '2020-01-15'::date END)`,
          [randomUUID(), PEOPLE[row.who]?.phone, row.scope, row.status, row.method, row.foundLate],
        );
    }
  }

  /** A transaction that wrote these, and waits for its end. */
  async function open(rows: readonly Row[]): Promise<Open> {
    const written = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<boolean>();
    const done = inTransaction(admin, async (tx) => {
      for (const row of rows) await write(tx, row);
      written.resolve();
      if (!(await ended.promise)) throw new Error('taken back');
    }).catch((error: unknown) => {
      written.reject(error);
      if (!(error instanceof Error) || error.message !== 'taken back') throw error;
    });
    await written.promise;
    return { end: (commits) => ended.resolve(commits), done };
  }

  /** Counts until nothing that was written by now is left; others of this server may have transactions under way. */
  async function countAll(): Promise<void> {
    const { rows } = await admin.query<{ now: string }>('SELECT clock_timestamp()::text AS now');
    await eventually(async () => {
      await count();
      const { rowCount } = await admin.query('SELECT FROM operating_watch WHERE counted_to >= $1', [
        rows[0]?.now,
      ]);
      assert.equal(rowCount, 1);
    });
  }

  /** How often somebody opted out, by reading each history from its beginning. */
  async function optOuts(): Promise<number> {
    const { rows } = await admin.query<{
      of: string;
      status: string;
      method: string;
      found_late: boolean;
    }>(
      `SELECT phone_number || scope AS of, status, method, found_late FROM consent_change ORDER BY position`,
    );
    const pending = new Set<string>();
    let sum = 0;
    for (const { found_late, method, of, status } of rows) {
      if (found_late) continue;
      const carriesThrough = status === 'opted_out' && pending.has(of);
      if (status === 'pending_opt_out') pending.add(of);
      else pending.delete(of);
      if (status !== 'opted_in' && method !== 'import' && !carriesThrough) sum += 1;
    }
    return sum;
  }

  /** What is counted and is not what the rows add up to; empty: all is. */
  async function wrong(): Promise<unknown[]> {
    const { rows } = await admin.query(
      `WITH gone AS (
         SELECT occurred_at, log.carrier_message_id IS NOT NULL AS is_taken, log.phone_number, intent IN ('transactional', 'marketing') AS is_planned,
                coalesce(campaign_id, lesson_campaign_id) AS campaign_id,
                (occurred_at - CASE WHEN ended_at - posted_at > interval '10 seconds' THEN ended_at - posted_at ELSE '0' END)
                  AT TIME ZONE time_zone AS local
           FROM message_log AS log JOIN message USING (message_id) JOIN attempt USING (attempt_id)
                JOIN phone ON phone.phone_number = log.phone_number
          WHERE log.direction = 'outbound'),
       clocked AS (
         SELECT *, extract(isodow FROM local) AS weekday, local::time AS time FROM gone),
       judged AS (
         SELECT *,
                CASE WHEN phone_number LIKE '+44%' THEN 'unjudged'
                     WHEN time < '08:00' OR time >= '21:00' THEN 'outside_law'
                     WHEN phone_number LIKE '+1214%' AND time < CASE weekday WHEN 7 THEN '12:00'::time ELSE '09:00' END THEN 'outside_law'
                     WHEN time >= '20:00' THEN 'outside_window'
                     WHEN campaign_id = $1 AND NOT (weekday <= 5 AND time >= '10:00' AND time < '18:00') THEN 'outside_window'
                     WHEN campaign_id = $2 AND time >= '09:00' AND time < '18:00' THEN 'outside_window'
                     ELSE 'within' END AS verdict
           FROM clocked),
       row AS (
         SELECT (occurred_at AT TIME ZONE 'UTC')::date AS day, campaign_id, CASE WHEN is_taken THEN 'sent' ELSE 'refused' END AS measure FROM judged
         UNION ALL
         SELECT (occurred_at AT TIME ZONE 'UTC')::date, campaign_id, verdict FROM judged WHERE is_taken AND is_planned
         UNION ALL
         SELECT (decided_at AT TIME ZONE 'UTC')::date, campaign_id,
                CASE WHEN verdict = 'send' THEN 'allowed' WHEN rule = 'no_consent' THEN 'blocked' ELSE 'suppressed' END
           FROM decision WHERE verdict <> 'hold'
         UNION ALL
         SELECT (received_at AT TIME ZONE 'UTC')::date, campaign_id,
                'heard_of_' || CASE WHEN campaign_id IS NOT NULL THEN 'campaign' WHEN contact_id IS NULL THEN 'nobody' ELSE 'contact' END
           FROM reply
         UNION ALL
         SELECT '2026-06-15', campaign_id, 'left_out' FROM campaign_contact WHERE state <> 'cancelled'
         UNION ALL
         SELECT '2026-06-15', NULL, 'opted_out' FROM unnest($4::int[]) AS opt_outs(n), generate_series(1, n)),
       real AS (SELECT day, coalesce(campaign_id, $3) AS campaign_id, measure, count(*) AS value FROM row GROUP BY 1, 2, 3)
       SELECT day::text, campaign_id, measure, real.value AS rows, operating_count.value AS counted
         FROM real FULL JOIN operating_count USING (day, campaign_id, measure)
        WHERE real.value IS DISTINCT FROM operating_count.value`,
      [campaigns[0], campaigns[1], NO_CAMPAIGN, [await optOuts()]],
    );
    return rows;
  }

  it('are what the rows add up to, whoever writes, commits late, takes back, counts or dies when', async () => {
    const verdicts = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { minLength: 6, maxLength: 20 }), async (events) => {
        await empty();
        const opened = new Map<number, Open>();
        const end = async (at: number, commits: boolean): Promise<void> => {
          const each = opened.get(at);
          opened.delete(at);
          each?.end(commits);
          await each?.done;
        };
        for (const event of events) {
          if (event.do === 'count') await count();
          else if (event.do === 'die')
            await count(DYING).catch((error: unknown) => assert.match(String(error), /it died/));
          else if (event.do === 'write') {
            await end(event.slot, true);
            opened.set(event.slot, await open(event.rows));
          } else await end(event.slot, event.do === 'commit');
        }
        for (const at of [...opened.keys()]) await end(at, true);
        await countAll();
        assert.deepEqual(await wrong(), []);
        const { rows } = await admin.query<{ measure: string }>(
          'SELECT DISTINCT measure FROM operating_count',
        );
        for (const { measure } of rows) verdicts.add(measure);
      }),
      { numRuns: runs(40), includeErrorInReport: true },
    );
    for (const measure of [
      'within',
      'outside_law',
      'outside_window',
      'unjudged',
      'suppressed',
      'opted_out',
      'refused',
    ])
      assert.ok(verdicts.has(measure), `nothing was ${measure}`);
  }).timeout(300_000);

  it('count nothing of a span in which a transaction is under way, and all of it once that has ended', async () => {
    const at = new Date('2026-07-01T17:00:00Z');
    const late = await open([{ row: 'reply', at, campaign: 2, isContact: false }]);
    const early = await open([{ row: 'reply', at, campaign: 0, isContact: false }]);
    early.end(true);
    await early.done;
    for (let looks = 0; looks < 3; looks += 1) assert.equal(await count(), null);
    late.end(true);
    await late.done;
    await countAll();
    const { rows } = await admin.query('SELECT measure, value FROM operating_count ORDER BY measure');
    assert.deepEqual(rows, [
      { measure: 'heard_of_campaign', value: 1 },
      { measure: 'heard_of_nobody', value: 1 },
    ]);
  });

  it('go on where the data came from another server, whose numbers of transactions are far above those of this one', async () => {
    await commit([{ row: 'reply', at: new Date('2026-07-01T17:00:00Z'), campaign: 2, isContact: false }]);
    await admin.query(`UPDATE operating_watch SET bound_at = clock_timestamp(), bound_xid = '4000000000000'`);
    await countAll();
    assert.deepEqual(await wrong(), []);
    assert.ok((await readCountedAge(pool)) < 60_000);
    await admin.query(`UPDATE operating_watch SET counted_to = clock_timestamp() - interval '1 hour'`);
    assert.ok((await readCountedAge(pool)) >= 3_600_000);
  });

  const sentAt = (at: string, campaign: number): Row => ({
    row: 'message',
    at: new Date(at),
    who: 0,
    campaign,
    isLesson: false,
    intent: 'transactional',
    isCall: false,
    isTaken: true,
    statusFirst: false,
    late: 0,
  });

  async function commit(rows: readonly Row[]): Promise<void> {
    const each = await open(rows);
    each.end(true);
    await each.done;
  }

  it('judge what a campaign sent whose windows cannot be read by the law alone, say so, and count all others', async () => {
    await admin.query(
      `UPDATE campaign SET definition = jsonb_set(definition::jsonb, '{windows}', '[{"days": [1], "from": "nine", "to": "18:00"}]')
        WHERE campaign_id = $1`,
      [campaigns[0]],
    );
    // On a Wednesday in Missouri: at 19:30, and at 22:00.
    await commit([
      sentAt('2026-07-02T00:30:00Z', 0),
      sentAt('2026-07-02T03:00:00Z', 0),
      sentAt('2026-07-01T17:00:00Z', 1),
    ]);
    await countAll();
    const { rows } = await admin.query(
      `SELECT campaign_id, measure, value FROM operating_count WHERE measure <> 'sent' ORDER BY measure, value, campaign_id = $1`,
      [campaigns[0]],
    );
    assert.deepEqual(rows, [
      { campaign_id: campaigns[0], measure: 'outside_law', value: 1 },
      { campaign_id: campaigns[1], measure: 'outside_window', value: 1 },
      { campaign_id: campaigns[0], measure: 'within', value: 1 },
    ]);
    assert.deepEqual(
      warned.filter((fields) => 'faults' in fields),
      [{ campaignId: campaigns[0], faults: ['0.from: must be a time of the day, like 09:00'] }],
    );
  });

  it('name in the log what left outside its hours, by message, campaign and verdict, no more than 20 of a span', async () => {
    const first = next;
    await commit([
      sentAt('2026-07-01T03:00:12Z', 2),
      sentAt('2026-07-01T17:00:00Z', 1),
      sentAt('2026-07-01T17:00:00Z', 0),
    ]);
    await countAll();
    const told = warned.splice(0).sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
    assert.deepEqual(told, [
      {
        messageId: messageOf(first),
        campaignId: null,
        verdict: 'outside_law',
        minute: '2026-07-01T03:00:00.000Z',
      },
      {
        messageId: messageOf(first + 1),
        campaignId: campaigns[1],
        verdict: 'outside_window',
        minute: '2026-07-01T17:00:00.000Z',
      },
    ]);
    const many = Array.from({ length: 23 }, (_, n) => sentAt(`2026-07-01T03:0${n % 2}:00Z`, 2));
    await commit(many);
    await countAll();
    assert.equal(warned.length, 20);
    const { rows } = await admin.query(
      `SELECT sum(value) AS outside FROM operating_count WHERE measure = 'outside_law'`,
    );
    assert.deepEqual(rows, [{ outside: '24' }]);
  });

  it('count once who asks to stop, is carried through later and, having come back, leaves again: twice in all', async () => {
    const who = phoneNumber('+13145550101');
    const telling = { teller: null, now: business, pseudonyms: testPseudonyms };
    const say = (status: 'opted_in' | 'opted_out' | 'pending_opt_out'): Promise<unknown> =>
      recordConsent(
        admin,
        consentChange({
          changeId: randomUUID(),
          phoneNumber: who,
          status,
          method: 'sms',
          requestedAt: business,
          deadline: status === 'pending_opt_out' ? '2026-06-25' : null,
          cause: 'a test',
        }),
        telling,
      );
    const optedOut = async (): Promise<number> => {
      await countAll();
      const { rows } = await admin.query<{ value: number }>(
        `SELECT value FROM operating_count WHERE measure = 'opted_out'`,
      );
      return rows[0]?.value ?? 0;
    };
    await say('pending_opt_out');
    assert.equal(await optedOut(), 1);
    const completion = { phoneNumber: who, scope: WHOLE_SENDER, note: 'done', actor: 'ann', now: business };
    assert.equal(
      await inTransaction(admin, (tx) => completeRevocation(tx, completion, telling)),
      'completed',
    );
    assert.equal(await optedOut(), 1);
    await say('opted_in');
    await say('opted_out');
    assert.equal(await optedOut(), 2);
  });

  it('tell CloudWatch what was counted, the shares of yesterday and today, and the use of the pools', async () => {
    const told: unknown[] = [];
    const metrics = {
      observe: (name: string, value: number, dimensions: object) =>
        void told.push([name, ...Object.values(dimensions), Math.round(value * 100) / 100]),
      flush: () => undefined,
    };
    tellCounted({ within: 3, outside_law: 1, suppressed: 2, sent: 4 }, { logger: silentLogger, metrics });
    assert.deepEqual(told.splice(0), [
      ['HoursKept', 'within', 3],
      ['HoursKept', 'outside_law', 1],
      ['TouchesJudged', 'suppressed', 2],
    ]);
    await admin.query(
      `INSERT INTO operating_count (day, campaign_id, measure, value)
       SELECT day::date, $1, measure, value
         FROM (VALUES ('2026-06-14', 'within', 998), ('2026-06-15', 'outside_window', 2), ('2026-06-15', 'sent', 1000),
                      ('2026-06-15', 'opted_out', 5), ('2026-06-15', 'allowed', 95), ('2026-06-14', 'suppressed', 4),
                      ('2026-06-15', 'blocked', 1), ('2026-06-15', 'heard_of_campaign', 3), ('2026-06-15', 'heard_of_nobody', 1),
                      ('2026-06-13', 'outside_law', 500)) AS made(day, measure, value)`,
      [NO_CAMPAIGN],
    );
    await insertCampaign(admin, business, { status: 'active' });
    await insertCampaign(admin, business, { status: 'paused', type: 'voice' });
    await tellStanding(pool, { metrics, now: business, slots: { sms: 10, voice: 4 } });
    assert.deepEqual(told, [
      ['OperatingPercent', 'window_compliance', 99.8],
      ['OperatingPercent', 'suppression_hits', 4],
      ['OperatingPercent', 'reply_association', 75],
      ['OperatingPercent', 'opt_outs', 0.5],
      ['ActiveCampaigns', 'sms', 1],
      ['CampaignsWaiting', 'sms', 2],
      ['SlotsTakenPercent', 'sms', 10],
      ['ActiveCampaigns', 'voice', 0],
      ['CampaignsWaiting', 'voice', 0],
      ['SlotsTakenPercent', 'voice', 25],
    ]);
  });
});
