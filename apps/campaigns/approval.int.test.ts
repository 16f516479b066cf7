import assert from 'node:assert/strict';
import { commandsFor } from '#shared/campaigns/lifecycle.ts';
import { lockCampaign, readCampaign } from '#shared/campaigns/store.ts';
import { goOnAfterApproval, tellCampaign } from '#shared/campaigns/tell.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { wakeApproved } from './begin.ts';
import { nextDue, type OrchestratorParts, takeTurn } from './orchestrate.ts';
import {
  insertCampaign,
  insertContacts,
  MORNING,
  passTime,
  statesOf,
  testParts,
  wrongCounts,
} from './test-campaigns.ts';

describe('A campaign that waits for its approval', () => {
  let database: TestDatabase;
  let admin: Pool;
  let pool: Pool;
  let clock: ManualClock;
  /** One campaign at a time; an audience above 4 needs a second person. */
  let parts: OrchestratorParts;
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
    parts = testParts(clock, { approvalAbove: 4, slots: { sms: 1, voice: 1 } });
    await emptyTables(
      admin,
      `campaign, campaign_contact, campaign_count, contact, contact_list, list_member, phone, message, outbox,
       consent_standing, decision, decision_inputs`,
    );
  });

  const turns = async (): Promise<void> => {
    while ((await takeTurn(pool, parts)) !== null);
  };
  /** So much time passes, and what is queued is sent. */
  const pass = (seconds: number): Promise<void> =>
    passTime(clock, seconds * 1_000, { admin, pool, sends: true, turns });
  let first = 0;
  const insert = async (people: number, more: { endAt?: Date } = {}) => {
    first += 100;
    const list = await insertContacts(admin, people, first);
    await clock.advance(1);
    return { list, campaignId: await insertCampaign(admin, clock.now(), { include: [list], ...more }) };
  };
  const standing = async (...ids: string[]) =>
    Promise.all(
      ids.map(async (id) => {
        const campaign = await readCampaign(admin, id);
        return campaign?.waitsFor ? `${campaign.status}, ${campaign.waitsFor}` : campaign?.status;
      }),
    );
  /** As the API does it. */
  const approve = (campaignId: string, contacts: number): Promise<void> =>
    inTransaction(admin, async (tx) => {
      const before = (await lockCampaign(tx, campaignId)) ?? assert.fail();
      await tx.query(
        `UPDATE campaign SET approved_by = 'somebody', approved_at = $2, approved_contacts = $3 WHERE campaign_id = $1`,
        [campaignId, clock.now(), contacts],
      );
      await goOnAfterApproval(tx, before, clock.now());
    });
  const tell = (campaignId: string, command: 'pause' | 'resume' | 'stop') =>
    inTransaction(admin, (tx) => tellCampaign(tx, campaignId, command, { now: clock.now() }));

  it('holds no slot: others go first, however many wait', async () => {
    const waiting = [await insert(5), await insert(6), await insert(7)];
    const small = await insert(3);
    await pass(10);
    assert.deepEqual(await standing(...waiting.map(({ campaignId }) => campaignId), small.campaignId), [
      'paused, approval',
      'paused, approval',
      'paused, approval',
      'completed',
    ]);
    assert.equal((await admin.query(`SELECT FROM message WHERE state = 'sent'`)).rowCount, 3);
    assert.equal(await nextDue(pool), null);
  });

  it('goes on once it is approved, to everybody once', async () => {
    const { campaignId } = await insert(5);
    await pass(5);
    await approve(campaignId, 5);
    await pass(10);
    assert.deepEqual(await standing(campaignId), ['completed']);
    assert.deepEqual(await statesOf(admin, campaignId), { sent: 5 });
    assert.deepEqual(await wrongCounts(admin), []);
  });

  it('waits for a slot once it is approved where none is free, before those that come later', async () => {
    const { campaignId } = await insert(5);
    await pass(2);
    const under = await insert(3);
    await turns();
    await approve(campaignId, 5);
    const later = await insert(3);
    await turns();
    assert.deepEqual(await standing(campaignId, under.campaignId, later.campaignId), [
      'paused, slot',
      'active',
      'scheduled, slot',
    ]);
    assert.match(
      (await readCampaign(admin, later.campaignId))?.reason ?? '',
      /1 of 1 sms campaigns are under way, 1 wait before it/,
    );
    await inTransaction(admin, (tx) => tellCampaign(tx, campaignId, 'resume', { now: clock.now() }));
    assert.deepEqual(await standing(campaignId), ['paused, slot']);
    await pass(60);
    assert.deepEqual(await standing(campaignId, under.campaignId, later.campaignId), [
      'completed',
      'completed',
      'completed',
    ]);
    const { rows } = await admin.query<{ campaign_id: string }>(
      'SELECT campaign_id FROM campaign ORDER BY started_at',
    );
    assert.deepEqual(
      rows.map((row) => row.campaign_id),
      [under.campaignId, campaignId, later.campaignId],
    );
  });

  it('stays paused when somebody pauses it while it waits for a slot, and waits on once it is resumed', async () => {
    const { campaignId } = await insert(5);
    await pass(2);
    const under = await insert(3);
    await turns();
    await approve(campaignId, 5);
    await turns();
    assert.deepEqual(await standing(campaignId), ['paused, slot']);
    assert.deepEqual(commandsFor((await readCampaign(admin, campaignId)) ?? assert.fail()), [
      'pause',
      'stop',
    ]);
    assert.equal((await tell(campaignId, 'pause')).kind, 'done');
    assert.deepEqual(await standing(campaignId), ['paused, resume']);
    await pass(60);
    assert.equal(await wakeApproved(pool, clock.now()), 0);
    await pass(60);
    // The slot is free, and others have it.
    const later = await insert(3);
    await pass(60);
    assert.deepEqual(await standing(campaignId, under.campaignId, later.campaignId), [
      'paused, resume',
      'completed',
      'completed',
    ]);
    assert.deepEqual(await statesOf(admin, campaignId), { pending: 5 });
    assert.deepEqual(commandsFor((await readCampaign(admin, campaignId)) ?? assert.fail()), [
      'resume',
      'stop',
    ]);
    const again = await tell(campaignId, 'pause');
    assert.equal(again.kind === 'done' && again.changed, false);
    await tell(campaignId, 'resume');
    await pass(60);
    assert.deepEqual(await standing(campaignId), ['completed']);
    assert.deepEqual(await statesOf(admin, campaignId), { sent: 5 });
    assert.deepEqual(await wrongCounts(admin), []);
  });

  it('stays paused when somebody pauses it before it is approved, whatever is approved meanwhile', async () => {
    const [first, second] = [await insert(5), await insert(6)];
    await pass(5);
    await tell(first.campaignId, 'pause');
    await tell(second.campaignId, 'pause');
    assert.match((await readCampaign(admin, first.campaignId))?.reason ?? '', /second person has to approve/);
    await approve(first.campaignId, 5);
    assert.equal((await readCampaign(admin, first.campaignId))?.reason, null);
    await pass(60);
    assert.deepEqual(await standing(first.campaignId, second.campaignId), [
      'paused, resume',
      'paused, resume',
    ]);
    // Nobody has approved the second: resumed, it waits for that.
    await tell(second.campaignId, 'resume');
    await tell(first.campaignId, 'resume');
    await pass(60);
    assert.deepEqual(await standing(first.campaignId, second.campaignId), ['completed', 'paused, approval']);
    await approve(second.campaignId, 6);
    await pass(60);
    assert.deepEqual(await standing(second.campaignId), ['completed']);
  });

  it('ends, or is stopped, while it waits for a slot', async () => {
    const endAt = new Date(MORNING.getTime() + 60_000);
    const [ends, stops] = [await insert(5, { endAt }), await insert(5)];
    await pass(2);
    const under = await insert(3);
    await turns();
    await inTransaction(admin, (tx) => tellCampaign(tx, under.campaignId, 'pause', { now: clock.now() }));
    await approve(ends.campaignId, 5);
    await approve(stops.campaignId, 5);
    await turns();
    assert.deepEqual(await standing(ends.campaignId, stops.campaignId, under.campaignId), [
      'paused, slot',
      'paused, slot',
      // Somebody paused it, and it keeps its slot.
      'paused',
    ]);
    await inTransaction(admin, (tx) => tellCampaign(tx, stops.campaignId, 'stop', { now: clock.now() }));
    await pass(70);
    assert.deepEqual(await standing(ends.campaignId, stops.campaignId), ['stopped', 'stopped']);
    assert.equal((await admin.query('SELECT FROM message')).rowCount, 0);
    assert.deepEqual(await wrongCounts(admin), []);
  });

  it('is found where whoever had it does not know of the wait for a slot', async () => {
    const { campaignId } = await insert(5);
    await pass(2);
    await approve(campaignId, 5);
    await admin.query('UPDATE campaign SET due_at = NULL');
    assert.equal(await wakeApproved(pool, clock.now()), 1);
    await pass(10);
    assert.deepEqual(await standing(campaignId), ['completed']);
    assert.equal(await wakeApproved(pool, clock.now()), 0);
  });

  describe('and had it before', () => {
    const scheduled = async (people: number) => {
      const made = await insert(people);
      await inTransaction(admin, (tx) =>
        tellCampaign(tx, made.campaignId, 'schedule', {
          now: clock.now(),
          startAt: new Date(MORNING.getTime() + 3_600_000),
        }),
      );
      return made;
    };

    it('goes without being asked for again where its audience is as large, or smaller', async () => {
      const { campaignId } = await scheduled(6);
      await approve(campaignId, 6);
      await pass(3_700);
      assert.deepEqual(await standing(campaignId), ['completed']);
    });

    it('is asked for again where its audience is larger by one, and goes once that is approved', async () => {
      const { campaignId, list } = await scheduled(6);
      await approve(campaignId, 6);
      const more = await insertContacts(admin, 1, 9_000);
      await admin.query('UPDATE list_member SET list_id = $1 WHERE list_id = $2', [list, more]);
      await pass(3_700);
      const campaign = await readCampaign(admin, campaignId);
      assert.deepEqual([campaign?.status, campaign?.waitsFor], ['paused', 'approval']);
      assert.match(campaign?.reason ?? '', /audience of 7 is larger than the 6 that were approved/);
      assert.deepEqual(await statesOf(admin, campaignId), { pending: 7 });
      await approve(campaignId, 7);
      await pass(10);
      assert.deepEqual(await statesOf(admin, campaignId), { sent: 7 });
    });

    it('goes where nobody wrote down of how many it was approved', async () => {
      const { campaignId } = await scheduled(6);
      await approve(campaignId, 6);
      await admin.query('UPDATE campaign SET approved_contacts = NULL');
      await pass(3_700);
      assert.deepEqual(await standing(campaignId), ['completed']);
    });
  });
});
