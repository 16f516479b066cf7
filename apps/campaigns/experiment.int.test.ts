import assert from 'node:assert/strict';
import { addMoves } from '#shared/campaigns/counts.ts';
import { readCampaign } from '#shared/campaigns/store.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { takeTurn } from './orchestrate.ts';
import { takeOverReports } from './take-over.ts';
import {
  insertCampaign,
  insertContacts,
  MORNING,
  report,
  sendQueued,
  testParts,
  testPrices,
  wrongCounts,
} from './test-campaigns.ts';

describe('A campaign that tries its texts on a sample', () => {
  let database: TestDatabase;
  let admin: Pool;
  let pool: Pool;
  let clock: ManualClock;
  before(async () => {
    database = await createDatabase();
    admin = database.adminPool;
    pool = createPool(database.configFor('campaigns'), () => undefined);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(async () => {
    clock = new ManualClock(MORNING);
    await emptyTables(
      admin,
      `campaign, campaign_contact, campaign_count, campaign_delivery, contact, contact_list, list_member, phone,
       message, outbox, consent_standing, suppression, decision, decision_inputs`,
    );
  });

  const seconds = async (count: number): Promise<void> => {
    for (let second = 0; second < count; second += 1) {
      while ((await takeOverReports(pool, { clock, prices: testPrices })) !== null);
      const parts = testParts(clock, { failed: (_, error) => assert.fail(String(error)) });
      while ((await takeTurn(pool, parts)) !== null);
      await sendQueued(admin);
      await clock.advance(1_000);
    }
  };
  const byBody = async (): Promise<Record<string, number>> => {
    const { rows } = await admin.query<{ body: string; n: number }>(
      'SELECT body, count(*)::int AS n FROM message GROUP BY 1 ORDER BY 1',
    );
    return Object.fromEntries(rows.map(({ body, n }) => [body, n]));
  };
  const phonesOf = async (body: string): Promise<string[]> => {
    const { rows } = await admin.query<{ phone_number: string }>(
      'SELECT phone_number FROM message WHERE body = $1 ORDER BY 1',
      [body],
    );
    return rows.map(({ phone_number }) => phone_number);
  };
  const begin = async (automatic: boolean, more: object = {}): Promise<string> => {
    const list = await insertContacts(admin, 300);
    return insertCampaign(admin, clock.now(), {
      include: [list],
      definition: {
        variants: [
          { name: 'A', bodies: { en: 'A' } },
          { name: 'B', bodies: { en: 'B' } },
        ],
        messagesPerSecond: 100,
        experiment: { metric: 'delivered', sample: 40, waitMinutes: 10, automatic },
        ...more,
      },
    });
  };

  it('writes to the sample of each variant, waits, and gives the rest what did better', async () => {
    const campaignId = await begin(true);
    await seconds(10);
    assert.deepEqual(await byBody(), { A: 40, B: 40 });
    await report(admin, 'delivered', { phones: await phonesOf('B') });
    await report(admin, 'undelivered', { phones: await phonesOf('A'), errorCode: '30006' });
    await seconds(30);
    assert.deepEqual(await byBody(), { A: 40, B: 40 });
    await clock.advance(10 * 60_000);
    await seconds(10);
    assert.deepEqual(await byBody(), { A: 40, B: 260 });
    const campaign = await readCampaign(admin, campaignId);
    assert.deepEqual([campaign?.status, campaign?.winner], ['completed', 1]);
    const { rows } = await admin.query(
      'SELECT variant, count(*)::int AS n FROM campaign_contact GROUP BY 1 ORDER BY 1',
    );
    assert.deepEqual(rows, [
      { variant: 0, n: 40 },
      { variant: 1, n: 260 },
    ]);
    assert.deepEqual(await wrongCounts(admin), []);
  });

  it('has its winner also where somebody of the sample waits to be written to again', async () => {
    const campaignId = await begin(true, { maxAttempts: 3, retryDelayMinutes: 60 });
    await seconds(10);
    const [again = '', ...others] = await phonesOf('A');
    await report(admin, 'delivered', { phones: await phonesOf('B') });
    await report(admin, 'undelivered', { phones: others, errorCode: '30006' });
    await report(admin, 'undelivered', { phones: [again], errorCode: '30003' });
    await seconds(30);
    // The repetition is due, outside the hours of the person.
    await inTransaction(admin, async (tx) => {
      await tx.query(`UPDATE campaign_contact SET rule = 'quiet_hours' WHERE phone_number = $1`, [again]);
      const from = { state: 'held', rule: 'retry_30003' } as const;
      const move = { from, to: { state: 'held', rule: 'quiet_hours' }, variant: 0, contacts: 1 } as const;
      await addMoves(tx, campaignId, [move]);
    });
    await clock.advance(10 * 60_000);
    await seconds(10);
    assert.equal((await readCampaign(admin, campaignId))?.winner, 1);
    assert.deepEqual(await byBody(), { A: 40, B: 260 });
    assert.deepEqual(await wrongCounts(admin), []);
  });

  it('keeps nobody waiting for clicks that nobody counts, where short links were turned off since it started', async () => {
    const experiment = { metric: 'click', sample: 40, waitMinutes: 10, automatic: true };
    const campaignId = await begin(true, { experiment });
    await seconds(10);
    const { A = 0, B = 0 } = await byBody();
    assert.ok(A > 100 && B > 100 && A + B === 300, `${A} and ${B}`);
    assert.equal((await readCampaign(admin, campaignId))?.decidedAt, null);
  });

  it('gives the rest what was drawn where nothing is surely better', async () => {
    const campaignId = await begin(true);
    await seconds(10);
    await report(admin, 'delivered');
    await clock.advance(10 * 60_000);
    await seconds(10);
    const campaign = await readCampaign(admin, campaignId);
    assert.deepEqual(
      [campaign?.status, campaign?.winner, campaign?.decidedAt === null],
      ['completed', null, false],
    );
    const { A = 0, B = 0 } = await byBody();
    assert.ok(A > 100 && B > 100 && A + B === 300, `${A} and ${B}`);
    assert.deepEqual(await wrongCounts(admin), []);
  });

  it('writes to everybody at once where nobody is to wait for it', async () => {
    const campaignId = await begin(false);
    await seconds(10);
    assert.equal((await readCampaign(admin, campaignId))?.status, 'completed');
  });
});
