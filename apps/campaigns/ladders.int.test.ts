import assert from 'node:assert/strict';
import type { CampaignCommand } from '#shared/campaigns/lifecycle.ts';
import { noteHeard, noteReplies } from '#shared/campaigns/replied.ts';
import { readCampaign } from '#shared/campaigns/store.ts';
import { tellCampaign } from '#shared/campaigns/tell.ts';
import { cancelStopped } from '#shared/messages/cancel-stopped.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { eventually } from '#test/eventually.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { takeTurn } from './orchestrate.ts';
import { takeOverReports } from './take-over.ts';
import {
  insertCampaign,
  insertContacts,
  MORNING,
  ofCalls,
  passTime,
  report,
  reportCalls,
  sendQueued,
  testParts,
  wrongCounts,
} from './test-campaigns.ts';

const [ANA, BEN, CAL] = ['+12125550000', '+12125550001', '+12125550002'] as const;
const MINUTE = 60_000;

const [variant] = ofCalls.variants;
/** A text; a call where it did not arrive or nobody answered within ten minutes; a text once more after the call. */
const ladder = [
  { channel: 'sms' },
  { channel: 'voice', after: ['undelivered', 'unreachable', 'no_reply'], answerWithinMinutes: 10 },
  { channel: 'sms', after: ['answered'], bodies: { en: 'As we said, {{first_name}}.' } },
];
const definition = {
  variants: [{ ...variant, bodies: { en: 'Hi {{first_name}}, will you come?' } }],
  call: ofCalls.call,
  maxAttempts: 3,
  ladder,
};

describe('Campaigns with a ladder', () => {
  let database: TestDatabase;
  let admin: Pool;
  /** With the rights of the services. */
  let pool: Pool;
  let inbox: Pool;
  let clock: ManualClock;
  before(async () => {
    database = await createDatabase();
    admin = database.adminPool;
    pool = createPool(database.configFor('campaigns'), () => undefined);
    inbox = createPool(database.configFor('inbox'), () => undefined);
  });
  after(async () => {
    await Promise.all([pool.end(), inbox.end()]);
    await database.drop();
  });
  beforeEach(async () => {
    clock = new ManualClock(MORNING);
    await emptyTables(
      admin,
      `campaign, campaign_contact, campaign_count, campaign_step, campaign_delivery, campaign_delivery_count, contact,
       contact_list, list_member, phone, message, attempt, outbox, consent_standing, suppression, decision, decision_inputs`,
    );
  });

  const turns = async (): Promise<void> => {
    while ((await takeOverReports(pool, testParts(clock))) !== null);
    while ((await takeTurn(pool, testParts(clock))) !== null);
  };
  const pass = (ms: number, sends = true) => passTime(clock, ms, { admin, pool, turns, sends });
  const standing = async (): Promise<Record<string, string>> => {
    const { rows } = await admin.query<{ phone_number: string; stands: string }>(
      `SELECT phone_number, step || ' ' || state || coalesce(':' || rule, '') AS stands FROM campaign_contact ORDER BY 1`,
    );
    return Object.fromEntries(rows.map(({ phone_number, stands }) => [phone_number, stands]));
  };
  /** What was written for a phone, in order: step, channel and state. */
  const messages = async (phone: string): Promise<string[]> => {
    const { rows } = await admin.query<{ message: string }>(
      `SELECT step || ' ' || channel || ' ' || state AS message FROM message WHERE phone_number = $1 ORDER BY ordinal`,
      [phone],
    );
    return rows.map(({ message }) => message);
  };
  const entered = async (): Promise<string[]> => {
    const { rows } = await admin.query<{ entered: string }>(
      `SELECT phone_number || ' ' || campaign_step.step || ' ' || via AS entered
         FROM campaign_step JOIN campaign_contact USING (campaign_id, contact_id) ORDER BY 1`,
    );
    return rows.map((row) => row.entered);
  };
  const statusOf = async (campaignId: string) => (await readCampaign(admin, campaignId))?.status;
  const tell = (campaignId: string, command: CampaignCommand) =>
    inTransaction(admin, (tx) => tellCampaign(tx, campaignId, command, { now: clock.now() }));
  const replies = (campaignId: string, phoneNumber: string) =>
    inTransaction(inbox, (tx) => noteReplies(tx, [{ campaignId, phoneNumber, at: clock.now() }]));
  const texts = (campaignId: string, phoneNumber: string) =>
    inTransaction(inbox, (tx) => noteHeard(tx, [{ campaignId, phoneNumber, at: clock.now() }]));
  /** What did not arrive has arrived after all. */
  const arrivesLate = (): Promise<unknown> =>
    admin.query(`UPDATE campaign_delivery SET outcome = 'delivered', error_code = NULL, is_news = true`);
  const callIs = (state: string): Promise<unknown> =>
    admin.query(`UPDATE message SET state = $1 WHERE channel = 'voice'`, [state]);
  const rightCounts = async () => assert.deepEqual(await wrongCounts(admin), []);
  async function begun(count: number, more: object = {}, type = 'hybrid'): Promise<string> {
    const list = await insertContacts(admin, count);
    const campaignId = await insertCampaign(admin, clock.now(), {
      include: [list],
      type,
      definition: { ...definition, ...more },
    });
    await pass(10_000);
    return campaignId;
  }

  it('text first, and wait for an answer', async () => {
    await begun(2);
    assert.deepEqual(await standing(), { [ANA]: '0 held:awaiting_reply', [BEN]: '0 held:awaiting_reply' });
    assert.deepEqual(await messages(ANA), ['0 sms sent']);
    await report(admin, 'delivered', { phones: [ANA] });
    await pass(9 * MINUTE);
    assert.deepEqual(await messages(ANA), ['0 sms sent']);
    await rightCounts();
  });

  it('call at once whose text did not arrive, and when the time is over who did not answer', async () => {
    await begun(3);
    await report(admin, 'undelivered', { phones: [ANA], errorCode: '30006' });
    await report(admin, 'undelivered', { phones: [BEN], errorCode: '30007' });
    await pass(5_000, false);
    assert.deepEqual(await messages(ANA), ['0 sms sent', '1 voice queued']);
    assert.deepEqual(await messages(BEN), ['0 sms sent', '1 voice queued']);
    assert.deepEqual(await messages(CAL), ['0 sms sent']);
    await pass(11 * MINUTE);
    assert.deepEqual(await messages(CAL), ['0 sms sent', '1 voice sent']);
    assert.deepEqual(await entered(), [`${ANA} 1 unreachable`, `${BEN} 1 undelivered`, `${CAL} 1 no_reply`]);
    await rightCounts();
  });

  it('call who is known to have a landline, and do not text them', async () => {
    const list = await insertContacts(admin, 2);
    await admin.query(`UPDATE contact SET line_type = 'landline' WHERE phone_number = $1`, [ANA]);
    await insertCampaign(admin, clock.now(), { include: [list], type: 'hybrid', definition });
    await pass(10_000);
    assert.deepEqual(await messages(ANA), ['1 voice sent']);
    assert.deepEqual(await messages(BEN), ['0 sms sent']);
    assert.deepEqual(await entered(), [`${ANA} 1 unreachable`]);
    await rightCounts();
  });

  it('begin carefully with so many people as they say, by text and by call together', async () => {
    const list = await insertContacts(admin, 20);
    await admin.query(`UPDATE contact SET line_type = 'landline' WHERE phone_number > '+12125550009'`);
    const canary = { contacts: 5, waitMinutes: 10, rampMinutes: 10 };
    await insertCampaign(admin, clock.now(), {
      include: [list],
      type: 'hybrid',
      definition: { ...definition, canary, messagesPerSecond: 1 },
    });
    await pass(30_000);
    const { rows } = await admin.query<{ channel: string; n: number }>(
      'SELECT channel, count(*)::int AS n FROM message GROUP BY 1 ORDER BY 1',
    );
    assert.deepEqual(
      rows.map(({ channel }) => channel),
      ['sms', 'voice'],
    );
    assert.equal(
      rows.reduce((sum, { n }) => sum + n, 0),
      5,
    );
    await rightCounts();
  });

  it('leave alone whoever has answered: while the answer is awaited, and while the call is queued', async () => {
    const campaignId = await begun(2);
    await report(admin, 'delivered');
    await replies(campaignId, ANA);
    await pass(20_000);
    assert.deepEqual((await standing())[ANA], '0 delivered');
    await pass(10 * MINUTE, false);
    assert.deepEqual(await messages(BEN), ['0 sms sent', '1 voice queued']);
    await replies(campaignId, BEN);
    await pass(5_000, false);
    assert.deepEqual(await messages(BEN), ['0 sms sent', '1 voice cancelled']);
    assert.equal((await standing())[BEN], '1 delivered');
    assert.deepEqual(await messages(ANA), ['0 sms sent']);
    await rightCounts();
  });

  it('leave alone whoever has texted back, although the dialog has not said yet what it is', async () => {
    const campaignId = await begun(2);
    await report(admin, 'delivered');
    await texts(campaignId, ANA);
    await texts(campaignId, ANA);
    await pass(20_000);
    assert.deepEqual((await standing())[ANA], '0 delivered');
    await pass(10 * MINUTE, false);
    assert.deepEqual(await messages(BEN), ['0 sms sent', '1 voice queued']);
    await texts(campaignId, BEN);
    await pass(5_000, false);
    assert.deepEqual(await messages(BEN), ['0 sms sent', '1 voice cancelled']);
    assert.deepEqual(await messages(ANA), ['0 sms sent']);
    await rightCounts();
  });

  it('have a call that is queued cancelled by the claim, where its person has just answered', async () => {
    const campaignId = await begun(2);
    await pass(11 * MINUTE, false);
    await replies(campaignId, ANA);
    const caller = createPool(database.configFor('caller'), () => undefined);
    try {
      await inTransaction(caller, async (tx) => {
        await tx.query('SELECT FROM phone WHERE phone_number = ANY ($1) FOR UPDATE', [[ANA, BEN]]);
        await cancelStopped(tx, [ANA, BEN], clock.now());
      });
    } finally {
      await caller.end();
    }
    assert.deepEqual(await messages(ANA), ['0 sms sent', '1 voice cancelled']);
    assert.deepEqual(await messages(BEN), ['0 sms sent', '1 voice queued']);
    await pass(5_000, false);
    assert.equal((await standing())[ANA], '1 sent');
    await rightCounts();
  });

  it('take a call back whose text has arrived after all, and wait for an answer again', async () => {
    await begun(1);
    await report(admin, 'undelivered', { errorCode: '30006' });
    await pass(5_000, false);
    assert.deepEqual(await messages(ANA), ['0 sms sent', '1 voice queued']);
    await arrivesLate();
    await pass(5_000, false);
    assert.deepEqual(await messages(ANA), ['0 sms sent', '1 voice cancelled']);
    assert.deepEqual(await standing(), { [ANA]: '0 held:awaiting_reply' });
    assert.deepEqual(await entered(), []);
    await rightCounts();
    await pass(11 * MINUTE, false);
    assert.deepEqual((await messages(ANA)).at(-1), '1 voice queued');
    assert.deepEqual(await entered(), [`${ANA} 1 no_reply`]);
    await rightCounts();
  });

  for (const state of ['posting', 'ambiguous']) {
    it(`take a call back whose text has arrived while it was ${state}, once the carrier has not taken it`, async () => {
      await begun(1);
      await report(admin, 'undelivered', { errorCode: '30006' });
      await pass(5_000, false);
      await callIs(state);
      await arrivesLate();
      await pass(5_000, false);
      assert.equal((await standing())[ANA], '1 queued');
      await callIs('queued');
      await pass(5_000, false);
      assert.deepEqual(await messages(ANA), ['0 sms sent', '1 voice cancelled']);
      assert.deepEqual(await standing(), { [ANA]: '0 held:awaiting_reply' });
      assert.deepEqual(await entered(), []);
      await rightCounts();
    });
  }

  it('know that a text has arrived although its person is being called, and leave the call as it is', async () => {
    await begun(1);
    await report(admin, 'undelivered', { errorCode: '30006' });
    await pass(5_000, false);
    await callIs('posting');
    await arrivesLate();
    await pass(5_000, false);
    await callIs('queued');
    await sendQueued(admin);
    await pass(5_000, false);
    await reportCalls(admin, 'no_answer', { phones: [ANA] });
    await pass(5_000, false);
    assert.deepEqual(await standing(), { [ANA]: '1 delivered' });
    await rightCounts();
  });

  it('take a call back whose text has arrived, although a claim was faster and the carrier did not take the call', async () => {
    await begun(1);
    await report(admin, 'undelivered', { errorCode: '30006' });
    await pass(5_000, false);
    await arrivesLate();
    let taken: Promise<unknown> = Promise.resolve();
    await inTransaction(admin, async (claim) => {
      await claim.query('SELECT FROM phone WHERE phone_number = $1 FOR UPDATE', [ANA]);
      taken = takeOverReports(pool, testParts(clock));
      await eventually(async () => {
        const { rows } = await admin.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        assert.equal(rows.length, 1);
      });
      await claim.query(`UPDATE message SET state = 'posting' WHERE channel = 'voice'`);
    });
    await taken;
    await callIs('queued');
    await pass(5_000, false);
    assert.deepEqual(await messages(ANA), ['0 sms sent', '1 voice cancelled']);
    assert.deepEqual(await standing(), { [ANA]: '0 held:awaiting_reply' });
    await rightCounts();
  });

  it('call nobody who opted out at the carrier', async () => {
    await begun(1);
    await report(admin, 'undelivered', { errorCode: '21610' });
    await pass(11 * MINUTE);
    assert.deepEqual(await messages(ANA), ['0 sms sent']);
    assert.equal((await standing())[ANA], '0 undelivered:21610');
    await rightCounts();
  });

  it('text who took the call, and nobody else; who took it stays one who did', async () => {
    await begun(3);
    await report(admin, 'undelivered', { errorCode: '30006' });
    await pass(5_000);
    await reportCalls(admin, 'answered', { phones: [ANA] });
    await reportCalls(admin, 'machine', { phones: [BEN] });
    await reportCalls(admin, 'no_answer', { phones: [CAL] });
    await pass(5_000);
    assert.deepEqual(await messages(ANA), ['0 sms sent', '1 voice sent', '2 sms sent']);
    const { rows } = await admin.query(`SELECT body FROM message WHERE step = 2`);
    assert.deepEqual(rows, [{ body: 'As we said, Ana.' }]);
    assert.deepEqual(await standing(), {
      [ANA]: '2 answered',
      [BEN]: '1 delivered:machine',
      [CAL]: '1 undelivered:no_answer',
    });
    assert.deepEqual(await entered(), [
      `${ANA} 1 unreachable`,
      `${ANA} 2 answered`,
      `${BEN} 1 unreachable`,
      `${CAL} 1 unreachable`,
    ]);
    await report(admin, 'undelivered', { phones: [ANA], errorCode: '30006' });
    await reportCalls(admin, 'answered', { phones: [ANA] });
    await pass(5_000);
    assert.equal((await standing())[ANA], '2 answered');
    await rightCounts();
  });

  it('know who took the call also when they are stopped while the text after it is at the carrier', async () => {
    const campaignId = await begun(1);
    await report(admin, 'undelivered', { errorCode: '30006' });
    await pass(5_000);
    await reportCalls(admin, 'answered');
    await pass(5_000, false);
    await sendQueued(admin);
    await tell(campaignId, 'stop');
    await pass(5_000);
    assert.deepEqual(await messages(ANA), ['0 sms sent', '1 voice sent', '2 sms sent']);
    assert.deepEqual(await standing(), { [ANA]: '2 answered' });
    await rightCounts();
  });

  it('call first where they begin so, again where the step says so, and text who was not reached', async () => {
    const steps = [
      { channel: 'voice', tries: 2 },
      { channel: 'sms', after: ['busy', 'no_answer', 'failed'], bodies: { en: 'We called you.' } },
      { channel: 'sms', follows: 0, after: ['answered'], bodies: { en: 'As we said.' } },
    ];
    await begun(2, { ladder: steps, retryDelayMinutes: 1 });
    await reportCalls(admin, 'busy');
    await pass(MINUTE + 5_000);
    assert.deepEqual(await messages(ANA), ['0 voice sent', '0 voice sent']);
    await reportCalls(admin, 'answered', { phones: [ANA] });
    await reportCalls(admin, 'no_answer', { phones: [BEN] });
    await pass(5_000);
    assert.deepEqual(await messages(ANA), ['0 voice sent', '0 voice sent', '2 sms sent']);
    assert.deepEqual(await messages(BEN), ['0 voice sent', '0 voice sent', '1 sms sent']);
    assert.deepEqual(await entered(), [`${ANA} 2 answered`, `${BEN} 1 no_answer`]);
    await rightCounts();
  });

  it('begin no step that the budget of attempts does not reach', async () => {
    await begun(1, { maxAttempts: 2 });
    await report(admin, 'undelivered', { errorCode: '30006' });
    await pass(5_000);
    await reportCalls(admin, 'answered');
    await pass(5_000);
    assert.deepEqual(await messages(ANA), ['0 sms sent', '1 voice sent']);
    assert.deepEqual(await standing(), { [ANA]: '1 answered' });
    await rightCounts();
  });

  it('rest while they are paused, and leave nobody behind when they are stopped', async () => {
    const campaignId = await begun(2);
    await report(admin, 'undelivered', { phones: [ANA], errorCode: '30006' });
    await pass(5_000, false);
    await tell(campaignId, 'pause');
    await pass(15 * MINUTE, false);
    assert.deepEqual(await messages(ANA), ['0 sms sent', '1 voice cancelled']);
    await tell(campaignId, 'resume');
    await pass(5_000, false);
    assert.deepEqual((await messages(ANA)).at(-1), '1 voice queued');
    assert.deepEqual((await messages(BEN)).at(-1), '1 voice queued');
    await tell(campaignId, 'stop');
    await pass(5_000, false);
    assert.deepEqual(await standing(), { [ANA]: '1 undelivered:30006', [BEN]: '1 sent' });
    await rightCounts();
  });

  it('begin no step behind their end', async () => {
    const list = await insertContacts(admin, 2);
    const endAt = new Date(MORNING.getTime() + 9 * MINUTE);
    const campaignId = await insertCampaign(admin, clock.now(), {
      include: [list],
      type: 'hybrid',
      definition,
      endAt,
    });
    await pass(10_000);
    // No answer could come in time.
    assert.deepEqual(await standing(), { [ANA]: '0 sent', [BEN]: '0 sent' });
    await pass(8 * MINUTE + 30_000);
    await report(admin, 'undelivered', { phones: [ANA], errorCode: '30006' });
    await pass(MINUTE, false);
    assert.equal((await messages(ANA)).at(-1), '1 voice cancelled');
    assert.equal(await statusOf(campaignId), 'completed');
    await rightCounts();
  });

  it('are what a text campaign with a way out has for numbers that take no texts', async () => {
    await begun(3, { ladder: null, fallback: 'voice', retryDelayMinutes: 1 }, 'sms');
    assert.deepEqual(await standing(), { [ANA]: '0 sent', [BEN]: '0 sent', [CAL]: '0 sent' });
    await report(admin, 'undelivered', { phones: [ANA], errorCode: '30006' });
    await report(admin, 'undelivered', { phones: [BEN], errorCode: '30003' });
    await pass(31 * MINUTE);
    assert.deepEqual(await messages(ANA), ['0 sms sent', '1 voice sent']);
    assert.deepEqual(await messages(BEN), ['0 sms sent', '0 sms sent']);
    assert.deepEqual(await messages(CAL), ['0 sms sent']);
    await rightCounts();
  });
});
