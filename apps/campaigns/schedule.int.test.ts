import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readCampaign } from '#shared/campaigns/store.ts';
import { tellCampaign } from '#shared/campaigns/tell.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { runs } from '#test/properties/runs.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { nextDue, takeTurn } from './orchestrate.ts';
import {
  insertCampaign,
  insertContacts,
  MORNING,
  sendQueued,
  statesOf,
  testParts,
} from './test-campaigns.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

describe('A campaign that is scheduled', () => {
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
  beforeEach(() => empty());

  const empty = async (): Promise<void> => {
    clock = new ManualClock(MORNING);
    await emptyTables(
      admin,
      `campaign, campaign_contact, campaign_count, contact, contact_list, list_member, phone, message, outbox,
       consent_standing, decision, decision_inputs`,
    );
  };
  const later = (ms: number): Date => new Date(MORNING.getTime() + ms);
  /** As a task of the service that is there: it looks whenever something is due. A task of before keeps nothing that it needs. */
  const work = async (): Promise<void> => {
    while ((await takeTurn(pool, testParts(clock))) !== null);
    await sendQueued(admin);
  };
  /** The service is there for so long. */
  async function workFor(ms: number): Promise<void> {
    const until = clock.now().getTime() + ms;
    for (;;) {
      await work();
      const due = (await nextDue(pool))?.getTime() ?? until;
      if (due >= until) break;
      await clock.advance(Math.max(0, due - clock.now().getTime()));
    }
    await clock.advance(until - clock.now().getTime());
    await work();
  }
  async function schedule(startAt: Date, { endAt, people = 3 }: { endAt?: Date; people?: number } = {}) {
    const list = await insertContacts(admin, people);
    const campaignId = await insertCampaign(admin, clock.now(), {
      include: [list],
      status: 'draft',
      ...(endAt === undefined ? {} : { endAt }),
    });
    await tell(campaignId, startAt);
    return { campaignId, list };
  }
  const tell = (campaignId: string, startAt: Date) =>
    inTransaction(admin, (tx) => tellCampaign(tx, campaignId, 'schedule', { now: clock.now(), startAt }));
  const statusOf = async (campaignId: string) => (await readCampaign(admin, campaignId))?.status;

  it('does nothing before its time, and begins at it to the second', async () => {
    const { campaignId } = await schedule(later(HOUR));
    await workFor(HOUR - 1);
    assert.deepEqual([await statusOf(campaignId), await statesOf(admin, campaignId)], ['scheduled', {}]);
    await workFor(1);
    const campaign = await readCampaign(admin, campaignId);
    assert.deepEqual(
      [campaign?.status, campaign?.startedAt, clock.now()],
      ['active', later(HOUR), later(HOUR)],
    );
    assert.deepEqual(await statesOf(admin, campaignId), { pending: 3 });
    await workFor(5 * SECOND);
    assert.deepEqual(await statesOf(admin, campaignId), { sent: 3 });
  });

  it('has the audience that there is at its time, and not the one that there was when it was scheduled', async () => {
    const { campaignId, list } = await schedule(later(HOUR));
    await workFor(HOUR / 2);
    await admin.query(
      `INSERT INTO list_member (list_id, contact_id, added_at)
       SELECT $1, contact_id, now() FROM contact JOIN list_member USING (contact_id) WHERE list_id = $2`,
      [list, await insertContacts(admin, 4, 100)],
    );
    await admin.query(`DELETE FROM list_member WHERE contact_id IN
      (SELECT contact_id FROM contact WHERE phone_number = '+12125550000')`);
    await workFor(HOUR);
    assert.deepEqual(await statesOf(admin, campaignId), { sent: 6 });
  });

  it('begins when the service is back where its time came during an outage', async () => {
    const { campaignId } = await schedule(later(HOUR), { endAt: later(8 * HOUR) });
    await clock.advance(4 * HOUR);
    assert.equal(await statusOf(campaignId), 'scheduled');
    await workFor(5 * SECOND);
    assert.deepEqual(
      [(await readCampaign(admin, campaignId))?.startedAt, await statesOf(admin, campaignId)],
      [later(4 * HOUR), { sent: 3 }],
    );
  });

  it('fails with its reason where its end came during the outage as well, and reaches nobody', async () => {
    const { campaignId } = await schedule(later(HOUR), { endAt: later(2 * HOUR) });
    await clock.advance(2 * HOUR);
    await workFor(HOUR);
    const campaign = await readCampaign(admin, campaignId);
    assert.deepEqual(
      [campaign?.status, campaign?.reason, campaign?.startedAt],
      ['failed', 'Its end came before it could start.', null],
    );
    assert.deepEqual(await statesOf(admin, campaignId), {});
    assert.equal((await admin.query('SELECT FROM message')).rowCount, 0);
  });

  it('begins by the time that was said last, whether that is earlier or later, or at once', async () => {
    const { campaignId } = await schedule(later(2 * HOUR));
    await workFor(SECOND);
    await tell(campaignId, later(3 * HOUR));
    await workFor(2.5 * HOUR);
    assert.equal(await statusOf(campaignId), 'scheduled');
    await tell(campaignId, later(2.75 * HOUR));
    await workFor(HOUR / 2);
    assert.deepEqual((await readCampaign(admin, campaignId))?.startedAt, later(2.75 * HOUR));
    const { campaignId: second } = await schedule(later(9 * HOUR), { people: 0 });
    await inTransaction(admin, (tx) => tellCampaign(tx, second, 'start', { now: clock.now() }));
    await work();
    assert.deepEqual((await readCampaign(admin, second))?.startedAt, clock.now());
  });

  it('does not begin once it was made a draft again or stopped', async () => {
    const { campaignId } = await schedule(later(HOUR));
    const { campaignId: stopped } = await schedule(later(HOUR), { people: 0 });
    await inTransaction(admin, (tx) => tellCampaign(tx, campaignId, 'unschedule', { now: clock.now() }));
    await inTransaction(admin, (tx) => tellCampaign(tx, stopped, 'stop', { now: clock.now() }));
    await workFor(3 * HOUR);
    assert.deepEqual([await statusOf(campaignId), await statusOf(stopped)], ['draft', 'stopped']);
    assert.equal((await admin.query('SELECT FROM campaign_contact')).rowCount, 0);
  });

  it('takes no place of others before its time', async () => {
    const parts = testParts(clock, { slots: { sms: 1, voice: 1 } });
    await schedule(later(HOUR));
    const list = await insertContacts(admin, 1, 50);
    const other = await insertCampaign(admin, later(SECOND), { include: [list] });
    await clock.advance(SECOND);
    while ((await takeTurn(pool, parts)) !== null);
    assert.equal(await statusOf(other), 'active');
  });

  it('begins at its time, or when somebody is there after it, and never before, whenever tasks come and go', async () => {
    const step = fc.record({ away: fc.integer({ min: 0, max: 90 }), there: fc.integer({ min: 0, max: 90 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 300 }),
        fc.array(step, { minLength: 1, maxLength: 6 }),
        async (minutes, steps) => {
          await empty();
          const startAt = later(minutes * 60 * SECOND);
          const { campaignId } = await schedule(startAt, { people: 1 });
          let expected: Date | null = null;
          for (const { away, there } of steps) {
            await clock.advance(away * 60 * SECOND);
            const [from, to] = [clock.now(), new Date(clock.now().getTime() + there * 60 * SECOND)];
            if (expected === null && to >= startAt) expected = from > startAt ? from : startAt;
            await workFor(there * 60 * SECOND);
            assert.deepEqual((await readCampaign(admin, campaignId))?.startedAt ?? null, expected);
          }
        },
      ),
      { numRuns: runs(15) },
    );
  }).timeout(300_000);
});
