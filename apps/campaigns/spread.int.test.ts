import assert from 'node:assert/strict';
import { waitsSinceSql } from '#shared/campaigns/spread.ts';
import { readCampaign } from '#shared/campaigns/store.ts';
import { tellCampaign } from '#shared/campaigns/tell.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { takeTurn } from './orchestrate.ts';
import {
  insertCampaign,
  insertContacts,
  insertSenders,
  MORNING,
  passTime,
  statesOf,
  testParts,
} from './test-campaigns.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('A campaign that is spread over a time', () => {
  let database: TestDatabase;
  let admin: Pool;
  let pool: Pool;
  let clock: ManualClock;
  before(async () => {
    database = await createDatabase();
    admin = database.adminPool;
    pool = createPool({ ...database.configFor('campaigns'), max: 2, pipeline: true }, () => undefined);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(async () => {
    clock = new ManualClock(MORNING);
    await emptyTables(
      admin,
      `campaign, campaign_contact, campaign_count, contact, contact_list, list_member, phone, message, outbox,
       consent_standing, suppression, decision, decision_inputs, sender, sender_pool`,
    );
  });

  /** All that is known is in the database: each turn may be another task's. */
  const pass = (ms: number) =>
    passTime(clock, ms, {
      ...{ admin, pool, sends: true },
      turns: async () => {
        while ((await takeTurn(pool, testParts(clock))) !== null);
      },
    });
  const begin = async (contacts: number, definition: object): Promise<string> => {
    const list = await insertContacts(admin, contacts);
    return insertCampaign(admin, clock.now(), { include: [list], definition });
  };
  const statusOf = async (campaignId: string) => (await readCampaign(admin, campaignId))?.status;
  /** Minutes from the start until each was planned, in order. */
  const minutes = async (): Promise<number[]> => {
    const { rows } = await admin.query<{ created_at: Date }>(
      'SELECT created_at FROM message ORDER BY created_at',
    );
    return rows.map(({ created_at: at }) => (at.getTime() - MORNING.getTime()) / MINUTE);
  };

  /** A list of so many who have agreed to nothing. */
  const withoutConsent = async (contacts: number): Promise<string> => {
    const list = await insertContacts(admin, contacts, 40);
    await admin.query(`UPDATE consent_standing SET consents = '[]' WHERE phone_number >= '+12125550040'`);
    return list;
  };
  /** After how many minutes whoever is sent to has their turn, one of `minutesEach`, in the order in which all wait; in order. */
  const turns = async (campaignId: string, minutesEach: number): Promise<number[]> => {
    const { rows } = await admin.query<{ state: string }>(
      `SELECT state FROM campaign_contact
        WHERE campaign_id = $1 ORDER BY ${waitsSinceSql('$1', 'contact_id', 'now()')}, contact_id`,
      [campaignId],
    );
    return rows.flatMap(({ state }, index) => (state === 'sent' ? [(index + 1) * minutesEach] : []));
  };
  /** Everybody who is sent to is sent to in their turn, which is that of everybody of the audience. */
  const assertInTurn = async (campaignId: string, minutesEach: number): Promise<void> => {
    const [at, wanted] = [await minutes(), await turns(campaignId, minutesEach)];
    assert.equal(at.length, wanted.length);
    for (const [index, turn] of wanted.entries()) {
      const each = at[index] ?? 0;
      assert.ok(each > turn - 0.01 && each < turn + 0.3, `the ${index + 1}. after ${each} min, not ${turn}`);
    }
  };

  it('writes to one after another at even distances, and is done when the time is over', async () => {
    const campaignId = await begin(40, { spreadOverMinutes: 60 });
    await pass(61 * MINUTE);
    assert.deepEqual(
      [await statusOf(campaignId), await statesOf(admin, campaignId)],
      ['completed', { sent: 40 }],
    );
    const at = await minutes();
    for (const [index, each] of at.entries()) {
      const turn = (index + 1) * 1.5;
      assert.ok(each > turn - 0.01 && each < turn + 0.3, `the ${index + 1}. after ${each} min`);
    }
  });

  it('gives whoever gets nothing a turn as well: the others are written to no faster for it', async () => {
    const list = await insertContacts(admin, 30);
    await admin.query('UPDATE contact SET name = NULL');
    const other = await insertContacts(admin, 30, 30);
    const campaignId = await insertCampaign(admin, clock.now(), {
      include: [list, other],
      definition: { spreadOverMinutes: 60 },
    });
    await pass(62 * MINUTE);
    assert.deepEqual(await statesOf(admin, campaignId), { sent: 30, 'skipped:missing_first_name': 30 });
    await assertInTurn(campaignId, 1);
  });

  for (const blocked of [20, 36]) {
    it(`gives whoever may not be written to a turn in the order of all: ${blocked} of 40`, async () => {
      const list = await insertContacts(admin, 40 - blocked);
      const other = await withoutConsent(blocked);
      const campaignId = await insertCampaign(admin, clock.now(), {
        include: [list, other],
        definition: { spreadOverMinutes: 60 },
      });
      await pass(62 * MINUTE);
      const states = await statesOf(admin, campaignId);
      assert.deepEqual(states, { sent: 40 - blocked, 'blocked:no_consent': blocked });
      assert.equal(await statusOf(campaignId), 'completed');
      await assertInTurn(campaignId, 1.5);
      // Who waits for a turn is looked at often, and decided about once.
      const { rows } = await admin.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM decision WHERE verdict = 'block'`,
      );
      assert.equal(rows[0]?.n, blocked);
    });
  }

  it('keeps nobody waiting for those who get nothing where its numbers are slower than it', async () => {
    const list = await insertContacts(admin, 20);
    const other = await withoutConsent(20);
    // A text in 60 s; its turns come every 15 s.
    await insertSenders(admin, 'slow', 1, { rate: 1 / 60 });
    const campaignId = await insertCampaign(admin, clock.now(), {
      include: [list, other],
      definition: { spreadOverMinutes: 10, senderPool: 'slow' },
    });
    await pass(31 * MINUTE);
    assert.equal(await statusOf(campaignId), 'completed');
    const at = await minutes();
    const [first = 0, last = 0] = [at[0], at.at(-1)];
    assert.ok(last - first >= 18.5, `20 of them within ${last - first} min`);
    // Each text is a minute's work, and those who get nothing have their turns meanwhile, as far as there is room for them.
    const turn = await turns(campaignId, 0.25);
    for (const [index, each] of at.entries()) {
      const [since, others] = [at[index - 1] ?? 0, (turn[index] ?? 0) - (turn[index - 1] ?? 0)];
      assert.ok(each - since < 1 + others + 0.3, `nothing from ${since} to ${each} min`);
    }
  });

  it('counts no time in which nobody may hear of it, and goes on in the next hours as if there had been none', async () => {
    // From 10:30 in New York on.
    const windows = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '10:00', to: '11:00' }];
    const campaignId = await begin(12, { spreadOverMinutes: 120, windows });
    await pass(29 * MINUTE);
    // One in ten minutes of open time; whoever would be the third would be so as the hour ends.
    assert.equal((await minutes()).length, 2);
    await pass(31 * MINUTE);
    assert.equal((await minutes()).length, 2);
    for (const [day, all] of [
      [1, 8],
      [2, 12],
    ] as const) {
      await pass(24 * HOUR);
      const at = await minutes();
      assert.ok(Math.abs(at.length - all) <= 1, `${at.length} after ${day + 1} days`);
    }
    await pass(24 * HOUR);
    assert.deepEqual(
      [await statusOf(campaignId), await statesOf(admin, campaignId)],
      ['completed', { sent: 12 }],
    );
    for (const minute of await minutes()) {
      const ofDay = (minute + 30) % (24 * 60);
      assert.ok(ofDay >= 0 && ofDay < 60, String(minute));
    }
  });

  it('goes on at its pace after a pause, and makes up for none of it', async () => {
    const campaignId = await begin(60, { spreadOverMinutes: 60 });
    await pass(20.5 * MINUTE);
    assert.equal((await minutes()).length, 20);
    await inTransaction(admin, (tx) => tellCampaign(tx, campaignId, 'pause', { now: clock.now() }));
    await pass(2 * HOUR);
    await inTransaction(admin, (tx) => tellCampaign(tx, campaignId, 'resume', { now: clock.now() }));
    await pass(10 * MINUTE);
    const { length } = await minutes();
    assert.ok(length >= 30 && length <= 31, String(length));
    await pass(31 * MINUTE);
    assert.equal(await statusOf(campaignId), 'completed');
  });

  it('lets nobody wait behind many whose hours are over', async () => {
    const east = await insertContacts(admin, 300);
    const west = await insertContacts(admin, 20, 300);
    await admin.query(
      `UPDATE contact SET time_zone = 'America/Los_Angeles', phone_number = '+1213' || substr(phone_number, 6)
        WHERE contact_id IN (SELECT contact_id FROM list_member WHERE list_id = $1)`,
      [west],
    );
    await admin.query(`UPDATE consent_standing SET phone_number = '+1213' || substr(phone_number, 6)
                        WHERE phone_number >= '+12125550300'`);
    // Over in New York; in Los Angeles it is 9:30.
    const windows = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '09:00', to: '11:00' }];
    await clock.advance(2 * HOUR);
    await insertCampaign(admin, clock.now(), {
      include: [east, west],
      definition: { spreadOverMinutes: 320, windows },
    });
    await pass(10.5 * MINUTE);
    assert.equal((await minutes()).length, 10);
  });
});
