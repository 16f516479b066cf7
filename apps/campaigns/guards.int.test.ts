import assert from 'node:assert/strict';
import { addMoves } from '#shared/campaigns/counts.ts';
import { readGuard } from '#shared/campaigns/guard.ts';
import { priceSettings, pricesFrom } from '#shared/campaigns/prices.ts';
import { readSpend, readVariantSpend } from '#shared/campaigns/spend.ts';
import { readCampaign } from '#shared/campaigns/store.ts';
import { tellCampaign } from '#shared/campaigns/tell.ts';
import { readConfig } from '#shared/config.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { eventually } from '#test/eventually.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { type OrchestratorParts, takeTurn } from './orchestrate.ts';
import {
  insertCampaign,
  insertContacts,
  insertSenders,
  MORNING,
  testParts,
  wrongCounts,
} from './test-campaigns.ts';
import { watchBreakers } from './watch.ts';

const OURS = '+14155550100';

describe('What watches over a campaign', () => {
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
       phone, message, attempt, message_log, outbox, consent_standing, consent_change, suppression, decision,
       decision_inputs, sender, sender_pool`,
    );
    await pool.query(`UPDATE breaker_watch SET looked_at = '-infinity'`);
  });

  /** As the sender and the log do it: everything queued is at the carrier, with an end. Returns how many. */
  const deliver = async (
    endOf: (n: number) => { status: string; code?: string } = () => ({ status: 'delivered' }),
  ) => {
    const { rows } = await pool.query<{ message_id: string; phone_number: string; sender_number: string }>(
      `UPDATE message SET state = 'sent', attempts = 1, settled_at = clock_timestamp() WHERE state = 'queued'
       RETURNING message_id, phone_number, sender_number`,
    );
    for (const [n, row] of rows.entries()) {
      const { code = null, status } = endOf(n);
      await pool.query(
        `WITH made AS (
           INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, carrier_message_id)
           VALUES (gen_random_uuid(), $1::uuid, $2, 'twilio', $3, 'accepted', 'SM' || $1::text) RETURNING *)
         INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, our_number, message_id,
                                  attempt_id, segments, status, status_rank, status_at, error_code, occurred_at)
         SELECT gen_random_uuid(), carrier, carrier_message_id, 'outbound', phone_number, sender_number, message_id,
                attempt_id, 1, $4, 5, now(), $5, now() FROM made`,
        [row.message_id, row.phone_number, row.sender_number, status, code],
      );
    }
    return rows.length;
  };
  const settle = async (): Promise<void> => {
    while ((await takeTurn(service, parts)) !== null);
  };
  /** Seconds in which everything that is queued goes. */
  const seconds = async (count: number, send: () => Promise<unknown> = deliver): Promise<void> => {
    for (let second = 0; second < count; second += 1) {
      await settle();
      await clock.advance(1_000);
      await settle();
      await send();
    }
    await settle();
  };
  const start = async (contacts: number, definition: object): Promise<string> =>
    insertCampaign(pool, clock.now(), { include: [await insertContacts(pool, contacts)], definition });
  const standing = async (campaignId: string) => {
    const campaign = await readCampaign(pool, campaignId);
    return { status: campaign?.status, reason: campaign?.reason ?? null };
  };
  const sent = async (): Promise<number> => {
    const { rows } = await pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM message WHERE state = 'sent'`,
    );
    return rows[0]?.n ?? 0;
  };
  const resume = (campaignId: string) =>
    inTransaction(pool, (tx) => tellCampaign(tx, campaignId, 'resume', { now: clock.now() }));

  describe('its budget', () => {
    it('pauses it before it would be passed, with the reason, and goes on when there is more', async () => {
      // A segment costs 0.0083: 12 messages are 0.0996, 13 are 0.1079.
      const campaignId = await start(40, { budget: 0.1, messagesPerSecond: 100 });
      await seconds(5);
      const paused = await standing(campaignId);
      assert.deepEqual([paused.status, await sent()], ['paused', 12]);
      assert.match(paused.reason ?? '', /Paused by its budget: it has cost 0\.10 USD of 0\.10 USD/);
      assert.deepEqual(await readSpend(pool, campaignId), {
        segments: 12,
        mediaMessages: 0,
        micros: 12 * 8_300,
        budgetMicros: null,
      });
      assert.equal((await readGuard(pool, campaignId))?.trippedBy, 'budget');
      await pool.query('UPDATE campaign_spend SET budget_micros = 10000000 WHERE campaign_id = $1', [
        campaignId,
      ]);
      await resume(campaignId);
      await seconds(5);
      assert.deepEqual([(await standing(campaignId)).status, await sent()], ['completed', 40]);
      assert.deepEqual(
        [(await readSpend(pool, campaignId)).micros, await wrongCounts(pool)],
        [40 * 8_300, []],
      );
    });

    it('counts what the carrier counted, where it says so', async () => {
      const campaignId = await start(10, { budget: 100, messagesPerSecond: 100 });
      await seconds(3, async () => {
        await deliver();
        await pool.query('UPDATE message SET segments = 3');
      });
      const { micros, segments } = await readSpend(pool, campaignId);
      assert.deepEqual([segments, micros, await sent()], [30, 30 * 8_300, 10]);
    });

    it('is spent by its variants, whose costs add up to its own', async () => {
      const variants = [
        { name: 'A', bodies: { en: 'Hi' } },
        { name: 'B', weight: 2, bodies: { en: 'Hello' } },
      ];
      const campaignId = await start(30, { variants, messagesPerSecond: 100 });
      await seconds(3, async () => {
        await deliver();
        await pool.query('UPDATE message SET segments = 1 + variant');
      });
      const { rows } = await pool.query<{ variant: number; messages: number }>(
        'SELECT variant, count(*)::int AS messages FROM message GROUP BY variant ORDER BY variant',
      );
      assert.equal(rows.length, 2);
      const byVariant = await readVariantSpend(pool, campaignId);
      assert.deepEqual(
        new Map(byVariant),
        new Map(rows.map(({ messages, variant }) => [variant, messages * (1 + variant) * 8_300])),
      );
      const { micros } = await readSpend(pool, campaignId);
      assert.equal(
        [...byVariant.values()].reduce((sum, each) => sum + each, 0),
        micros,
      );
    });

    it('is that of its one variant, also where some was settled before variants were told apart', async () => {
      const campaignId = await start(10, { messagesPerSecond: 100 });
      await seconds(3, async () => {
        await deliver();
      });
      await pool.query('DELETE FROM campaign_variant_spend');
      const { micros } = await readSpend(pool, campaignId);
      assert.ok(micros > 0);
      assert.deepEqual(await readVariantSpend(pool, campaignId), new Map([[0, micros]]));
    });

    it('is spent at the prices of the carriers that messages go through, what is queued included', async () => {
      const at = readConfig(priceSettings, { SEGMENT_PRICES: 'twilio=0.01,vonage=0.03' });
      parts = { ...parts, carriers: ['twilio', 'vonage'], prices: pricesFrom(at) };
      await insertSenders(pool, null, 1, { rate: 1_000, number: OURS, carrier: 'vonage' });
      const campaignId = await start(40, { budget: 0.1, messagesPerSecond: 100 });
      await seconds(5, async () => undefined);
      const queued = async () => (await pool.query(`SELECT FROM message WHERE state = 'queued'`)).rowCount;
      assert.equal(await queued(), 3);
      await pool.query('DELETE FROM sender');
      // Of a number that is not known: the first of the carriers.
      await seconds(5, async () => undefined);
      assert.deepEqual([await queued(), (await standing(campaignId)).status], [10, 'active']);
    });

    it('is not passed by what is queued and has not gone', async () => {
      const campaignId = await start(40, { budget: 0.1, messagesPerSecond: 100 });
      await seconds(5, async () => undefined);
      const { rows } = await pool.query(`SELECT FROM message WHERE state = 'queued'`);
      assert.deepEqual([rows.length, (await standing(campaignId)).status], [12, 'active']);
    });
  });

  describe('its careful start', () => {
    const canary = { contacts: 10, waitMinutes: 10, rampMinutes: 10 };

    it('writes to a slice, waits, and grows to its pace when all is well', async () => {
      const campaignId = await start(200, { canary, messagesPerSecond: 10 });
      await seconds(20);
      assert.equal(await sent(), 10);
      assert.match(
        (await standing(campaignId)).reason ?? '',
        /Waits to see what becomes of its first 10 messages/,
      );
      await seconds(570);
      assert.equal(await sent(), 10);
      await seconds(60);
      // A tenth of its pace at first: a message a second, and a little more.
      const early = await sent();
      assert.ok(early > 30 && early < 90, String(early));
      assert.equal((await standing(campaignId)).reason, null);
      await seconds(150);
      assert.equal((await standing(campaignId)).status, 'completed');
    });

    it('pauses when too much of the slice does not arrive; whoever resumes it lets it go on', async () => {
      const campaignId = await start(60, {
        canary: { ...canary, undeliveredPercent: 30 },
        messagesPerSecond: 10,
      });
      const send = () =>
        deliver((n) => ({ status: n % 2 === 0 ? 'undelivered' : 'delivered', code: '30003' }));
      await seconds(20, send);
      await clock.advance(10 * 60_000);
      await seconds(5, send);
      const paused = await standing(campaignId);
      assert.deepEqual([paused.status, await sent()], ['paused', 10]);
      assert.match(
        paused.reason ?? '',
        /Paused after its first 10 messages: .* did not arrive; at most 30 % may\./,
      );
      await resume(campaignId);
      await seconds(20);
      assert.ok((await sent()) > 10);
      assert.equal((await standing(campaignId)).status, 'active');
    });

    it('counts who was written to whatever becomes of the repetition: nobody else is, in their place', async () => {
      const campaignId = await start(60, {
        canary: { ...canary, contacts: 30 },
        messagesPerSecond: 10,
        maxAttempts: 3,
      });
      await seconds(2);
      // In the middle of the slice.
      const written = await sent();
      assert.ok(written > 10 && written < 30, String(written));
      await settle();
      const places = [
        { state: 'held', rule: 'retry_30003' },
        { state: 'held', rule: 'quiet_hours' },
        { state: 'pending', rule: null },
        { state: 'blocked', rule: 'no_consent' },
        { state: 'cancelled', rule: 'contact_deleted' },
      ] as const;
      await inTransaction(pool, async (tx) => {
        const { rows } = await tx.query<{ contact_id: string }>(
          `SELECT contact_id FROM campaign_contact WHERE campaign_id = $1 AND state = 'sent' ORDER BY contact_id`,
          [campaignId],
        );
        for (const [n, { contact_id }] of rows.entries()) {
          const to = places[n % places.length] ?? places[0];
          await tx.query(
            `UPDATE campaign_contact SET state = $3, rule = $4, due_at = CASE WHEN $3 IN ('held', 'pending') THEN $5::timestamptz END
              WHERE campaign_id = $1 AND contact_id = $2`,
            [campaignId, contact_id, to.state, to.rule, new Date(clock.now().getTime() + 3_600_000)],
          );
          const from = { state: 'sent', rule: null } as const;
          await addMoves(tx, campaignId, [{ variant: 0, from, to, contacts: 1 }]);
        }
      });
      await seconds(20);
      assert.equal(await sent(), 30);
      assert.match((await standing(campaignId)).reason ?? '', /its first 30 messages/);
      assert.deepEqual(await wrongCounts(pool), []);
    });

    it('pauses when the carrier took nothing of the slice', async () => {
      const campaignId = await start(60, { canary, messagesPerSecond: 10 });
      const refuse = async () => {
        const { rows } = await pool.query<{ message_id: string; phone_number: string }>(
          `UPDATE message SET state = 'failed', rule = '21211', attempts = 1, settled_at = clock_timestamp()
            WHERE state = 'queued' RETURNING message_id, phone_number`,
        );
        await pool.query(
          `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, error_code)
           SELECT gen_random_uuid(), * , 'twilio', '+14155550100', 'refused', '21211' FROM unnest($1::uuid[], $2::text[])`,
          [rows.map((row) => row.message_id), rows.map((row) => row.phone_number)],
        );
      };
      await seconds(20, refuse);
      await clock.advance(10 * 60_000);
      await seconds(5, refuse);
      const { reason, status } = await standing(campaignId);
      assert.equal(status, 'paused');
      assert.match(reason ?? '', /Paused after its first 10 messages: .* did not arrive/);
    });

    it('pauses when the carrier has not told what became of half of the slice', async () => {
      const campaignId = await start(60, { canary, messagesPerSecond: 10 });
      const send = () => deliver((n) => ({ status: n < 2 ? 'delivered' : 'sent' }));
      await seconds(20, send);
      await clock.advance(10 * 60_000);
      await seconds(5, send);
      assert.match((await standing(campaignId)).reason ?? '', /the carrier has told what became of \d of 10/);
    });
  });

  describe('its breaker', () => {
    const limits = { least: 20, most: { undelivered: 0.25, filtered: 0.05, opted_out: 0.05 } };
    const watch = () =>
      watchBreakers({ pool: service, limits, windowMs: 900_000, everyMs: 0, now: () => clock.now() });

    it('pauses a campaign of which too much is filtered, takes back what is queued, and begins anew when it is resumed', async () => {
      const campaignId = await start(200, { messagesPerSecond: 10 });
      await insertSenders(pool, null, 1, { number: OURS, rate: 100 });
      await seconds(4, () =>
        deliver((n) => ({ status: n === 0 ? 'undelivered' : 'delivered', code: '30007' })),
      );
      await clock.advance(2_000);
      await settle();
      const [stopped, ...others] = await watch();
      assert.deepEqual([stopped?.kind, others], ['campaign', []]);
      const paused = await standing(campaignId);
      assert.equal(paused.status, 'paused');
      assert.match(
        paused.reason ?? '',
        /^Paused by its circuit breaker: \d+ of the last \d+ messages .*spam/,
      );
      const { rows } = await pool.query(`SELECT FROM message WHERE state = 'queued'`);
      assert.equal(rows.length, 0);
      assert.equal((await readGuard(pool, campaignId))?.trippedBy, 'filtered');
      assert.deepEqual(await watch(), []);
      await resume(campaignId);
      await seconds(4);
      assert.deepEqual(await watch(), []);
      assert.equal((await standing(campaignId)).status, 'active');
      assert.deepEqual(await wrongCounts(pool), []);
    });

    /** A campaign that its breaker has paused. */
    const tripped = async (): Promise<string> => {
      await insertSenders(pool, null, 1, { number: OURS, rate: 100 });
      const campaignId = await start(400, { messagesPerSecond: 10 });
      await seconds(4, () => deliver(() => ({ status: 'undelivered', code: '30007' })));
      assert.deepEqual(
        (await watch()).map(({ kind }) => kind),
        ['campaign'],
      );
      return campaignId;
    };

    it('does not pause a resumed campaign for what it was paused for, before anybody has taken it up', async () => {
      const campaignId = await tripped();
      await resume(campaignId);
      assert.deepEqual(await watch(), []);
      assert.equal((await standing(campaignId)).status, 'active');
    });

    it('does not pause a resumed campaign for what it was paused for, when its number kept it waiting meanwhile', async () => {
      const campaignId = await tripped();
      await pool.query(
        `UPDATE sender SET halted_at = now(), halted_reason = 'a test', halted_by = 'somebody'`,
      );
      await resume(campaignId);
      await settle();
      await pool.query('UPDATE sender SET halted_at = NULL, halted_reason = NULL, halted_by = NULL');
      assert.deepEqual(await watch(), []);
      assert.equal((await standing(campaignId)).status, 'active');
    });

    it('stops nobody for what it saw before somebody let them go on', async () => {
      await insertSenders(pool, null, 1, { number: OURS, rate: 100 });
      const campaignId = await start(400, { messagesPerSecond: 20 });
      await seconds(4, () => deliver(() => ({ status: 'undelivered', code: '30007' })));
      // What goes out without a campaign is the number's alone.
      await pool.query(
        `UPDATE message SET campaign_id = NULL WHERE message_id IN (SELECT message_id FROM message LIMIT 30)`,
      );
      let looked: Promise<unknown> = Promise.resolve();
      await inTransaction(pool, async (tx) => {
        await tx.query('SELECT FROM campaign FOR UPDATE');
        await tx.query('SELECT FROM sender FOR UPDATE');
        looked = watch();
        await eventually(async () => {
          const { rows } = await pool.query(
            `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
          );
          assert.equal(rows.length, 1);
        });
        await tx.query('UPDATE campaign_guard SET watched_from = clock_timestamp()');
        await tx.query('UPDATE sender SET watched_from = clock_timestamp()');
      });
      assert.deepEqual(await looked, []);
      assert.equal((await standing(campaignId)).status, 'active');
    });

    it('takes what did not arrive because the person had opted out at the carrier for none of its faults', async () => {
      await insertSenders(pool, null, 1, { number: OURS, rate: 100 });
      await start(400, { messagesPerSecond: 10 });
      const codes = ['21610', '30630', '63050', '1240'];
      await seconds(4, () =>
        deliver((n) => ({ status: 'undelivered', code: codes[n % codes.length] ?? '' })),
      );
      assert.deepEqual(await watch(), []);
    });

    it('counts what the carrier refused outright', async () => {
      const campaignId = await start(100, { messagesPerSecond: 20 });
      await seconds(3, async () => {
        const { rows } = await pool.query<{ message_id: string; phone_number: string }>(
          `UPDATE message SET state = 'failed', rule = '21211', attempts = 1, settled_at = clock_timestamp()
            WHERE state = 'queued' RETURNING message_id, phone_number`,
        );
        // As the sender and the log write it.
        await pool.query(
          `WITH made AS (
             INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, error_code)
             SELECT gen_random_uuid(), *, 'twilio', $3, 'refused', '21211' FROM unnest($1::uuid[], $2::text[]) RETURNING *)
           INSERT INTO message_log (log_id, carrier, direction, phone_number, our_number, message_id, attempt_id, status,
                                    status_rank, status_at, error_code, occurred_at)
           SELECT gen_random_uuid(), carrier, 'outbound', phone_number, sender_number, message_id, attempt_id, 'failed', 5, now(),
                  error_code, now() FROM made`,
          [rows.map((row) => row.message_id), rows.map((row) => row.phone_number), OURS],
        );
      });
      const [stopped] = await watch();
      assert.ok(stopped?.kind === 'campaign' && stopped.campaignId === campaignId);
      assert.match(stopped.reason, /did not arrive/);
    });

    it('pauses a campaign after which too many people ask to be left alone', async () => {
      const campaignId = await start(100, { messagesPerSecond: 20 });
      await seconds(3);
      await pool.query(
        `INSERT INTO consent_change (change_id, phone_number, status, method, scope, requested_at, cause, rule)
         SELECT gen_random_uuid(), phone_number, 'opted_out', 'sms', 'sender', now(), 'a test', 'vocabulary'
           FROM attempt ORDER BY phone_number LIMIT 5`,
      );
      const [stopped] = await watch();
      assert.ok(stopped?.kind === 'campaign' && stopped.campaignId === campaignId);
      assert.match(stopped.reason, /led to an opt-out/);
    });

    it('counts a person who says it six times once', async () => {
      await start(100, { messagesPerSecond: 20 });
      await seconds(3);
      await pool.query(
        `INSERT INTO consent_change (change_id, phone_number, status, method, scope, requested_at, cause, rule)
         SELECT gen_random_uuid(), phone_number, 'opted_out', 'sms', 'sender', now(), 'a test', 'vocabulary'
           FROM (SELECT phone_number FROM attempt LIMIT 1) AS one, generate_series(1, 6)`,
      );
      assert.deepEqual(await watch(), []);
    });

    it('counts a person who says it after each of six messages once', async () => {
      await start(100, { messagesPerSecond: 20 });
      await seconds(3);
      await pool.query(
        `WITH one AS (SELECT * FROM attempt LIMIT 1),
         again AS (
           INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, carrier_message_id, posted_at)
           SELECT gen_random_uuid(), other.message_id, one.phone_number, 'twilio', one.sender_number, 'accepted', 'SM' || n,
                  clock_timestamp()
             FROM one, (SELECT message_id, row_number() OVER () AS n FROM message LIMIT 6) AS other RETURNING *)
         INSERT INTO consent_change (change_id, phone_number, status, method, scope, requested_at, cause, rule, recorded_at)
         SELECT gen_random_uuid(), phone_number, 'opted_out', 'sms', 'sender', now(), 'a test', 'vocabulary', posted_at FROM again`,
      );
      assert.deepEqual(await watch(), []);
    });

    /** A campaign of lessons that have begun, and the texts of each. */
    const lessons = async (people: number, texts: number): Promise<string> => {
      const campaignId = await insertCampaign(pool, clock.now(), { status: 'active', type: 'drill' });
      await insertContacts(pool, people);
      await pool.query(
        `INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, variant, state, attempts, settled_at)
         SELECT $1, contact_id, phone_number, 0, 'sent', 1, clock_timestamp() FROM contact`,
        [campaignId],
      );
      await pool.query(
        `WITH made AS (
           INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, carrier_message_id)
           SELECT gen_random_uuid(), gen_random_uuid(), phone_number, 'twilio', $1, 'accepted', gen_random_uuid()
             FROM contact, generate_series(1, $2) RETURNING *)
         INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, our_number, message_id, attempt_id,
                                  status, status_rank, status_at, occurred_at)
         SELECT gen_random_uuid(), carrier, carrier_message_id, 'outbound', phone_number, sender_number, message_id, attempt_id,
                'delivered', 5, now(), now() FROM made`,
        [OURS, texts],
      );
      return campaignId;
    };
    const optOut = (people: number) =>
      pool.query(
        `INSERT INTO consent_change (change_id, phone_number, status, method, scope, requested_at, cause, rule)
         SELECT gen_random_uuid(), phone_number, 'opted_out', 'sms', 'sender', now(), 'a test', 'vocabulary'
           FROM contact ORDER BY phone_number LIMIT $1`,
        [people],
      );

    it('pauses a campaign of lessons after which too many people ask to be left alone, of as many people as there are', async () => {
      const campaignId = await lessons(40, 10);
      await optOut(2);
      assert.deepEqual(await watch(), []);
      await optOut(3);
      const [stopped, ...others] = await watch();
      assert.ok(stopped?.kind === 'campaign' && stopped.campaignId === campaignId);
      assert.match(stopped.reason, /3 of the last 40 messages .* led to an opt-out/);
      assert.deepEqual(others, []);
    });

    it('halts a number whose other messages do not arrive, and not one for what a campaign of its did', async () => {
      await insertSenders(pool, null, 1, { number: OURS, rate: 100 });
      const bad = await start(400, { messagesPerSecond: 40 });
      await seconds(3, () => deliver(() => ({ status: 'undelivered', code: '30005' })));
      assert.deepEqual(
        (await watch()).map(({ kind }) => kind),
        ['campaign'],
      );
      assert.equal((await standing(bad)).status === 'active', false);
      // Of several small ones none has enough to be judged by; the number has.
      for (let n = 0; n < 4; n += 1) {
        await insertCampaign(pool, clock.now(), {
          include: [await insertContacts(pool, 10, 1_000 + n * 10)],
          definition: { messagesPerSecond: 20 },
        });
      }
      await seconds(3, () =>
        deliver((n) => ({ status: n % 2 === 0 ? 'undelivered' : 'delivered', code: '30005' })),
      );
      const stopped = await watch();
      assert.deepEqual(
        stopped.map(({ kind }) => kind),
        ['sender'],
      );
      const { rows } = await pool.query<{ halted_by: string; halted_reason: string }>(
        'SELECT halted_by, halted_reason FROM sender',
      );
      assert.equal(rows[0]?.halted_by, 'breaker');
      assert.match(
        rows[0]?.halted_reason ?? '',
        /^Halted by its circuit breaker: \d+ of the last \d+ messages/,
      );
      assert.deepEqual(await watch(), []);
    });

    it('is looked at by one task at a time', async () => {
      await start(400, { messagesPerSecond: 50 });
      await seconds(3, () => deliver(() => ({ status: 'undelivered', code: '30007' })));
      const often = () =>
        watchBreakers({ pool: service, limits, windowMs: 900_000, everyMs: 60_000, now: () => clock.now() });
      const found = await Promise.all([often(), often(), often()]);
      assert.equal(found.flat().length, 1);
      assert.deepEqual(await often(), []);
    });
  });
});
