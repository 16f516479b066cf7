import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CampaignCommand } from '#shared/campaigns/lifecycle.ts';
import { readSpend, readVariantSpend } from '#shared/campaigns/spend.ts';
import { readCampaign } from '#shared/campaigns/store.ts';
import { tellCampaign } from '#shared/campaigns/tell.ts';
import { testCalling } from '#shared/campaigns/test-calling.ts';
import { CarillonError } from '#shared/errors.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { type CallOutcome, callOutcomes, laterOutcome } from '#shared/voice/call-outcomes.ts';
import { callScriptSchema, transcriptOf } from '#shared/voice/call-script.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { runs } from '#test/properties/runs.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { type OrchestratorParts, takeTurn } from './orchestrate.ts';
import { takeOverReports } from './take-over.ts';
import {
  callQueued,
  insertCampaign,
  insertContacts,
  insertSenders,
  MORNING,
  ofCalls,
  reportCalls,
  statesOf,
  testParts,
  testPrices,
  wrongCounts,
} from './test-campaigns.ts';

const TABLES = `campaign, campaign_contact, campaign_count, campaign_call, campaign_delivery, campaign_guard, campaign_spend,
  campaign_variant_spend, contact, contact_list, list_member, phone, message, attempt, outbox, consent_standing, suppression,
  decision, decision_inputs, sender, sender_pool, sticky_sender`;

/** States in which nothing more becomes of anybody. */
const ENDED = ['answered', 'delivered', 'undelivered', 'failed', 'blocked', 'sent'];
const phoneOf = (n: number): string => `+1212555000${n}`;

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
    await emptyTables(pool, TABLES);
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
  const states = (campaignId: string) => statesOf(pool, campaignId);
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
  const follow = async (): Promise<void> => {
    while ((await takeOverReports(pool, { clock, prices: testPrices })) !== null);
  };
  /** What the campaign has cost, and what its rows add up to, in millionths. */
  const spent = async (campaignId: string): Promise<[counted: number, rows: number]> => {
    const { rows } = await pool.query<{ micros: number }>(
      'SELECT coalesce(sum(micros), 0)::float8 AS micros FROM campaign_call WHERE campaign_id = $1',
      [campaignId],
    );
    const { micros } = await readSpend(pool, campaignId);
    const byVariant = await readVariantSpend(pool, campaignId);
    assert.equal(
      [...byVariant.values()].reduce((sum, each) => sum + each, 0),
      micros,
    );
    return [micros, rows[0]?.micros ?? 0];
  };
  const isReached = async (phone: string): Promise<boolean> => {
    const { rows } = await pool.query(
      'SELECT FROM campaign_contact WHERE phone_number = $1 AND reached_at IS NOT NULL',
      [phone],
    );
    return rows.length > 0;
  };
  /** A turn that is undone at its end, as when its process is killed. */
  const dieInTurn = async (parts: OrchestratorParts): Promise<void> => {
    const scriptFault = (): never => {
      throw new CarillonError('unavailable', 'killed');
    };
    try {
      await takeTurn(ofTurns, { ...parts, calls: { ...parts.calls, scriptFault } });
    } catch (error) {
      if (!(error instanceof CarillonError)) throw error;
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
    await callQueued(pool);
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
    const parts = calling({ callsPerSecond: 10 });
    await turns(parts);
    await pass(2, parts);
    assert.deepEqual(await states(campaignId), { queued: 4, pending: 6 });
    await callQueued(pool);
    await pass(2, parts);
    assert.equal((await readCampaign(pool, campaignId))?.status, 'paused');
    const { mediaMessages, micros, segments } = await readSpend(pool, campaignId);
    assert.deepEqual([segments, mediaMessages, micros], [0, 0, 4 * 21_500]);
  });

  it('is done with whoever took the call, or whose machine did, and calls the others again', async () => {
    const campaignId = await begin({ contacts: 7, definition: { maxAttempts: 2, retryDelayMinutes: 30 } });
    const parts = calling({ callsPerSecond: 10 });
    await turns(parts);
    await pass(2, parts);
    await callQueued(pool);
    await pass(1, parts);
    assert.deepEqual(await states(campaignId), { sent: 7 });
    const phone = (n: number) => [`+1212555000${n}`];
    await reportCalls(pool, 'answered', { phones: phone(0), seconds: 40 });
    await reportCalls(pool, 'machine', { phones: phone(1), seconds: 20 });
    await reportCalls(pool, 'opted_out', { phones: phone(2), seconds: 8 });
    await reportCalls(pool, 'busy', { phones: phone(3) });
    await reportCalls(pool, 'no_answer', { phones: phone(4) });
    await reportCalls(pool, 'failed', { phones: phone(5), errorCode: 'sip_404' });
    await reportCalls(pool, 'failed', { phones: phone(6), errorCode: 'sip_480' });
    await follow();
    const settled = {
      answered: 1,
      'delivered:machine': 1,
      'answered:opted_out': 1,
      'failed:sip_404': 1,
    };
    assert.deepEqual(await states(campaignId), {
      ...settled,
      'held:retry_busy': 1,
      'held:retry_no_answer': 1,
      'held:retry_sip_480': 1,
    });
    // Three took it, for less than a minute each.
    assert.deepEqual(await spent(campaignId), [3 * 21_500, 3 * 21_500]);
    await clock.advance(30 * 60_000);
    await pass(3, parts);
    assert.equal((await states(campaignId)).queued, 3);
    await callQueued(pool);
    await pass(1, parts);
    await reportCalls(pool, 'no_answer', { phones: [...phone(3), ...phone(4), ...phone(6)] });
    await follow();
    await turns(parts);
    assert.deepEqual(await states(campaignId), { ...settled, 'undelivered:no_answer': 3 });
    assert.equal((await readCampaign(pool, campaignId))?.status, 'completed');
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('is done with whoever took a call of which that is told after its repetition was planned', async () => {
    const campaignId = await begin({ contacts: 1, definition: { maxAttempts: 2, retryDelayMinutes: 1 } });
    const parts = calling({ callsPerSecond: 10 });
    await turns(parts);
    await pass(1, parts);
    await callQueued(pool);
    await pass(1, parts);
    await reportCalls(pool, 'busy');
    await follow();
    await clock.advance(60_000);
    await pass(1, parts);
    assert.deepEqual(await states(campaignId), { queued: 1 });
    await reportCalls(pool, 'opted_out', { seconds: 8 });
    await follow();
    await pass(1, parts);
    assert.deepEqual(await states(campaignId), { 'answered:opted_out': 1 });
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('is not done while people talk, though it calls nobody twice', async () => {
    const campaignId = await begin();
    const parts = calling({ callsPerSecond: 10 });
    await turns(parts);
    await pass(2, parts);
    await callQueued(pool);
    await pass(60, parts);
    assert.deepEqual(
      [(await readCampaign(pool, campaignId))?.status, await states(campaignId)],
      ['active', { sent: 3 }],
    );
    await reportCalls(pool, 'answered', { seconds: 61 });
    await follow();
    await turns(parts);
    assert.equal((await readCampaign(pool, campaignId))?.status, 'completed');
    assert.deepEqual(await spent(campaignId), [3 * 35_500, 3 * 35_500]);
  });

  it('is counted at what its carrier charged, once it says so, however often', async () => {
    const campaignId = await begin();
    const parts = calling({ callsPerSecond: 10 });
    await turns(parts);
    await pass(2, parts);
    await callQueued(pool);
    await pass(1, parts);
    assert.deepEqual(await spent(campaignId), [3 * 21_500, 3 * 21_500]);
    for (const price of ['0.028', '0.028', '0.0260']) {
      await reportCalls(pool, 'answered', { seconds: 61, price });
      await follow();
    }
    assert.deepEqual(await spent(campaignId), [3 * 33_500, 3 * 33_500]);
    assert.deepEqual(await states(campaignId), { answered: 3 });
  });

  it('has what calls that nobody took would have cost for others', async () => {
    const campaignId = await begin({ contacts: 3, definition: { budget: 0.05 } });
    const parts = calling({ callsPerSecond: 10 });
    await turns(parts);
    await pass(2, parts);
    assert.deepEqual(await states(campaignId), { queued: 2, pending: 1 });
    await callQueued(pool);
    await reportCalls(pool, 'no_answer');
    await pass(1, parts);
    await follow();
    await tell(campaignId, 'resume');
    await pass(2, parts);
    assert.equal((await states(campaignId)).queued, 1);
  });

  describe('whatever becomes of its calls', () => {
    type Event =
      | { do: 'plan'; seconds: number }
      | { do: 'dial' }
      | { do: 'tell'; phone: number; outcome: CallOutcome; errorCode: string | null }
      | { do: 'follow' }
      | { do: 'opt out'; phone: number }
      | { do: 'pause' | 'resume' }
      | { do: 'die' };
    const PEOPLE = 4;
    const anyPhone = fc.integer({ min: 0, max: PEOPLE - 1 });
    const anyEvent: fc.Arbitrary<Event> = fc.oneof(
      {
        arbitrary: fc.record({ do: fc.constant('plan' as const), seconds: fc.constantFrom(1, 5, 3_600) }),
        weight: 4,
      },
      { arbitrary: fc.record({ do: fc.constant('dial' as const) }), weight: 4 },
      {
        arbitrary: fc.record({
          do: fc.constant('tell' as const),
          phone: anyPhone,
          outcome: fc.constantFrom(...callOutcomes),
          errorCode: fc.constantFrom(null, 'sip_404', 'sip_480', 'sip_503'),
        }),
        weight: 8,
      },
      { arbitrary: fc.record({ do: fc.constant('follow' as const) }), weight: 4 },
      fc.record({ do: fc.constant('opt out' as const), phone: anyPhone }),
      fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const) }),
      fc.record({ do: fc.constant('die' as const) }),
    );

    it('calls nobody more often than it may, nobody who was reached or has opted out, and ends with one word for each', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyEvent, { minLength: 5, maxLength: 40 }),
          fc.integer({ min: 1, max: 3 }),
          async (events, maxAttempts) => {
            await emptyTables(pool, TABLES);
            clock = new ManualClock(MORNING);
            const campaignId = await begin({
              contacts: PEOPLE,
              definition: { maxAttempts, retryDelayMinutes: 60 },
            });
            const parts = calling({ callsPerSecond: 10 });
            const optedOut = new Set<string>();
            const reached = new Set<string>();
            const attempts = new Map<string, number>();
            const outcomes = new Map<string, CallOutcome>();
            const dial = async (): Promise<void> => {
              // As the claim does it: under a suppression nothing begins.
              await pool.query(
                `UPDATE message SET state = 'blocked', rule = 'suppressed', settled_at = clock_timestamp()
                  WHERE state = 'queued' AND phone_number = ANY ($1)`,
                [[...optedOut]],
              );
              const { rows } = await pool.query<{ phone_number: string }>(
                `SELECT phone_number FROM message WHERE state = 'queued'`,
              );
              for (const { phone_number: phone } of rows) {
                assert.ok(!optedOut.has(phone), `${phone} has opted out`);
                assert.ok(!reached.has(phone), `${phone} was reached`);
                attempts.set(phone, (attempts.get(phone) ?? 0) + 1);
                outcomes.delete(phone);
              }
              await callQueued(pool);
            };
            const told = async (
              phone: string,
              outcome: CallOutcome,
              errorCode: string | null,
            ): Promise<void> => {
              // The log merges what is told of a call by rank: what is known already never becomes less.
              const known = laterOutcome(outcomes.get(phone) ?? null, outcome) ?? outcome;
              const code = known === 'failed' && errorCode !== null ? { errorCode } : {};
              const seconds = ['answered', 'machine', 'opted_out'].includes(known) ? { seconds: 30 } : {};
              if ((await reportCalls(pool, known, { ...code, ...seconds, phones: [phone] })) === 0) return;
              outcomes.set(phone, known);
            };
            const stepOn = async (event: Event): Promise<void> => {
              switch (event.do) {
                case 'plan':
                  await clock.advance(event.seconds * 1_000);
                  return turns(parts);
                case 'dial':
                  return dial();
                case 'tell':
                  return told(phoneOf(event.phone), event.outcome, event.errorCode);
                case 'follow':
                  await follow();
                  for (const [phone, outcome] of outcomes)
                    if (['answered', 'machine', 'opted_out'].includes(outcome) && (await isReached(phone)))
                      reached.add(phone);
                  return;
                case 'opt out':
                  optedOut.add(phoneOf(event.phone));
                  await pool.query(
                    `INSERT INTO suppression (phone_number, scope, change_id, source, reason, added_at)
                     VALUES ($1, 'sender', gen_random_uuid(), 'user_opt_out', 'STOP', now()) ON CONFLICT DO NOTHING`,
                    [phoneOf(event.phone)],
                  );
                  return;
                case 'pause':
                case 'resume':
                  await tell(campaignId, event.do);
                  return turns(parts);
                case 'die':
                  return dieInTurn(parts);
              }
            };
            await turns(parts);
            for (const event of events) await stepOn(event);
            await tell(campaignId, 'resume');
            for (let round = 0; round < maxAttempts + 1; round += 1) {
              await clock.advance(3_600_000);
              await pass(3, parts);
              await dial();
              await pass(2, parts);
              for (let n = 0; n < PEOPLE; n += 1) await told(phoneOf(n), 'no_answer', null);
              await follow();
              await turns(parts);
            }
            const { rows } = await pool.query<{ phone_number: string; state: string; attempts: number }>(
              'SELECT phone_number, state, attempts FROM campaign_contact WHERE campaign_id = $1',
              [campaignId],
            );
            assert.equal(rows.length, PEOPLE);
            for (const row of rows) {
              assert.ok(ENDED.includes(row.state), `${row.phone_number} is ${row.state}`);
              assert.ok(row.attempts <= maxAttempts);
              assert.equal(row.attempts, attempts.get(row.phone_number) ?? 0);
            }
            assert.equal((await readCampaign(pool, campaignId))?.status, 'completed');
            assert.deepEqual(await wrongCounts(pool), []);
            const [counted, added] = await spent(campaignId);
            assert.equal(counted, added);
          },
        ),
        { numRuns: runs(12) },
      );
    }).timeout(300_000);
  });
});
