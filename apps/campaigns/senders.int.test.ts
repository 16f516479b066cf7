import assert from 'node:assert/strict';
import { readCampaign } from '#shared/campaigns/store.ts';
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

describe('Campaigns that are sent from a pool of numbers', () => {
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
       phone, message, outbox, consent_standing, suppression, decision, decision_inputs, sender, sender_pool,
       sender_day, sticky_sender`,
    );
  });

  const settle = async (): Promise<void> => {
    while ((await takeTurn(service, parts)) !== null);
  };
  /** Turns with time going on where everything waits for it. */
  const turns = async (seconds: number): Promise<void> => {
    for (let left = seconds * 1_000; ; ) {
      await settle();
      const due = await nextDue(pool);
      const ms = due === null ? Number.POSITIVE_INFINITY : Math.max(1, due.getTime() - clock.now().getTime());
      if (ms > left) return;
      left -= ms;
      await clock.advance(ms);
      await sendQueued(pool);
    }
  };
  const start = async (list: string, definition: object = {}) =>
    insertCampaign(pool, clock.now(), {
      include: [list],
      definition: { senderPool: 'flu', messagesPerSecond: 50, ...definition },
    });
  const numbersOf = async (campaignId: string): Promise<Record<string, string>> => {
    const { rows } = await pool.query<{ phone_number: string; sender_number: string }>(
      'SELECT phone_number, sender_number FROM message WHERE campaign_id = $1',
      [campaignId],
    );
    return Object.fromEntries(rows.map((row) => [row.phone_number, row.sender_number]));
  };
  const halt = (number: string) =>
    pool.query(
      `UPDATE sender SET halted_at = now(), halted_reason = 'a test', halted_by = 'ann' WHERE sender_number = $1`,
      [number],
    );
  const states = (campaignId: string) => statesOf(pool, campaignId);

  it('write to everybody from the same number in every campaign, also when a number joins', async () => {
    const [first, second] = await insertSenders(pool, 'flu', 2, { rate: 100 });
    const list = await insertContacts(pool, 60);
    const one = await start(list);
    await turns(60);
    const before = await numbersOf(one);
    assert.deepEqual(new Set(Object.values(before)), new Set([first, second]));
    await insertSenders(pool, 'flu', 1, { rate: 1_000, first: 5 });
    const two = await start(list);
    await turns(60);
    assert.deepEqual(await numbersOf(two), before);
  });

  it('write from another number of the pool to those whose number is halted, and to nobody else', async () => {
    const [first = '', second = ''] = await insertSenders(pool, 'flu', 2, { rate: 100 });
    const list = await insertContacts(pool, 60);
    const one = await start(list);
    await turns(60);
    const before = await numbersOf(one);
    await halt(first);
    const two = await start(list);
    await turns(60);
    assert.deepEqual(new Set(Object.values(await numbersOf(two))), new Set([second]));
    assert.equal(Object.keys(before).length, 60);
  });

  it('plan again from another number what the sender has held because its number was halted', async () => {
    const [first = '', second = ''] = await insertSenders(pool, 'flu', 2, { rate: 100 });
    const campaignId = await start(await insertContacts(pool, 40));
    await settle();
    await clock.advance(2_000);
    await settle();
    const queued = (await states(campaignId)).queued ?? 0;
    assert.ok(queued > 0);
    // As the sender does in its claim.
    await halt(first);
    const { rowCount: held } = await pool.query(
      `UPDATE message SET state = 'held', rule = 'sender_halted', due_at = $2 WHERE sender_number = $1 AND state = 'queued'`,
      [first, new Date(clock.now().getTime() + 300_000)],
    );
    assert.ok((held ?? 0) > 0);
    await turns(600);
    assert.deepEqual(await states(campaignId), { sent: 40 });
    const { rows } = await pool.query<{ sender_number: string; n: number }>(
      `SELECT sender_number, count(*)::int AS n FROM message WHERE state = 'sent' GROUP BY 1`,
    );
    assert.deepEqual(rows, [{ sender_number: second, n: 40 }]);
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('wait with a reason while all numbers are halted, and go on by themselves', async () => {
    const [only = ''] = await insertSenders(pool, 'flu', 1, { rate: 100 });
    await halt(only);
    const campaignId = await start(await insertContacts(pool, 10));
    await turns(60);
    const waiting = await readCampaign(pool, campaignId);
    assert.deepEqual([waiting?.status, await states(campaignId)], ['active', { pending: 10 }]);
    assert.match(waiting?.reason ?? '', /is halted/);
    await pool.query('UPDATE sender SET halted_at = NULL, halted_reason = NULL, halted_by = NULL');
    await turns(60);
    const done = await readCampaign(pool, campaignId);
    assert.deepEqual([done?.status, done?.reason], ['completed', null]);
  });

  /** As the sender does in its claim with what is at a carrier that it does not know. Returns how many messages. */
  const holdElsewhere = async (number: string): Promise<number> => {
    const { rowCount } = await pool.query(
      `UPDATE message SET state = 'held', rule = 'carrier_not_set_up', due_at = $2 WHERE sender_number = $1 AND state = 'queued'`,
      [number, new Date(clock.now().getTime() + 300_000)],
    );
    return rowCount ?? 0;
  };
  const messagesFrom = async (number: string): Promise<number> => {
    const { rows } = await pool.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM message WHERE sender_number = $1',
      [number],
    );
    return rows[0]?.n ?? 0;
  };

  it('move to other numbers of the pool, and stay there, when the carrier of theirs is taken out while they are active', async () => {
    const [twilio = ''] = await insertSenders(pool, 'flu', 1, { rate: 100 });
    const [vonage = ''] = await insertSenders(pool, 'flu', 1, { rate: 100, first: 2, carrier: 'vonage' });
    const list = await insertContacts(pool, 40);
    parts = { ...parts, carriers: ['twilio', 'vonage'] };
    const campaignId = await start(list);
    await settle();
    await clock.advance(2_000);
    await settle();
    parts = { ...parts, carriers: ['twilio'] };
    const held = await holdElsewhere(vonage);
    assert.ok(held > 0);
    await turns(600);
    assert.deepEqual([await states(campaignId), await messagesFrom(vonage)], [{ sent: 40 }, held]);
    const { rows } = await pool.query('SELECT FROM sticky_sender WHERE sender_number <> $1', [twilio]);
    assert.deepEqual([rows.length, await wrongCounts(pool)], [0, []]);
    // Also when the carrier is back.
    parts = { ...parts, carriers: ['twilio', 'vonage'] };
    const again = await start(list);
    await turns(60);
    assert.deepEqual(new Set(Object.values(await numbersOf(again))), new Set([twilio]));
  });

  it('wait, plan nothing anew and say why while no carrier of their numbers is set up, and go on when one is', async () => {
    const [vonage = ''] = await insertSenders(pool, 'flu', 1, { rate: 100, carrier: 'vonage' });
    parts = { ...parts, carriers: ['twilio', 'vonage'] };
    const campaignId = await start(await insertContacts(pool, 40));
    await settle();
    await clock.advance(2_000);
    await settle();
    parts = { ...parts, carriers: ['twilio'] };
    const held = await holdElsewhere(vonage);
    assert.ok(held > 0);
    await turns(3_600);
    assert.equal(await messagesFrom(vonage), held);
    const waiting = await readCampaign(pool, campaignId);
    assert.equal(waiting?.status, 'active');
    assert.match(waiting?.reason ?? '', /is at Vonage, which is not set up \(CARRIERS\)/);
    assert.deepEqual(await wrongCounts(pool), []);
    parts = { ...parts, carriers: ['twilio', 'vonage'] };
    await turns(600);
    assert.deepEqual(await states(campaignId), { sent: 40 });
    assert.deepEqual(
      [(await readCampaign(pool, campaignId))?.status, await wrongCounts(pool)],
      ['completed', []],
    );
  });

  it('are no faster than their numbers, so that no more than a minute is queued ahead', async () => {
    await insertSenders(pool, 'flu', 2, { rate: 1 });
    const campaignId = await start(await insertContacts(pool, 400));
    await settle();
    for (let second = 0; second < 90; second += 1) {
      await clock.advance(1_000);
      await settle();
      assert.ok(((await states(campaignId)).queued ?? 0) <= Math.min(120, 2 * (second + 3)), String(second));
    }
    assert.equal((await states(campaignId)).queued, 120);
  });

  it('plan for the next day what is above the daily cap, inside their windows', async () => {
    const [only = ''] = await insertSenders(pool, 'flu', 1, { rate: 100, perDay: 25 });
    const campaignId = await start(await insertContacts(pool, 60));
    // What carriers took is counted by the sender.
    const count = async (): Promise<void> => {
      const sent = await sendQueued(pool);
      await pool.query(
        `INSERT INTO sender_day AS known VALUES ($1, ($2::timestamptz AT TIME ZONE 'America/Los_Angeles')::date, $3)
         ON CONFLICT (sender_number, day) DO UPDATE SET segments = known.segments + excluded.segments`,
        [only, clock.now(), sent],
      );
    };
    const days: number[] = [];
    for (let hour = 0; hour < 60; hour += 1) {
      for (let minute = 0; minute < 60; minute += 20) {
        await settle();
        await count();
        await clock.advance(20 * 60_000);
      }
      const { sent = 0 } = await states(campaignId);
      if (days.at(-1) !== sent) days.push(sent);
    }
    assert.deepEqual(days.at(-1), 60);
    const { rows } = await pool.query<{ segments: number }>(
      'SELECT segments::int AS segments FROM sender_day ORDER BY day',
    );
    assert.deepEqual(
      rows.map(({ segments }) => segments),
      [25, 25, 10],
    );
    assert.deepEqual([await states(campaignId), await wrongCounts(pool)], [{ sent: 60 }, []]);
  });
});
