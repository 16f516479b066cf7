import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { waitForCampaignRequests } from '#shared/campaigns/in-flight.ts';
import type { CampaignCommand } from '#shared/campaigns/lifecycle.ts';
import { readCampaign } from '#shared/campaigns/store.ts';
import { tellCampaign } from '#shared/campaigns/tell.ts';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import { type DialogEventBatch, dialogEventBatchSchema } from '#shared/contracts/dialog-events.ts';
import { drills, handwashing, openProgramme } from '#shared/dialog/sample-dialog.ts';
import { drillsFrom } from '#shared/drills/drills.ts';
import type { StreamConsumerDefinition } from '#shared/kinesis/definition.ts';
import { silentLogger } from '#shared/logger.ts';
import { LOOK_AGAIN_MS } from '#shared/messages/lesson-rules.ts';
import { noMetrics } from '#shared/metrics.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { claim } from '#shared/sending/claim.ts';
import { requeueDue } from '#shared/sending/requeue-due.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { wakeForLessons } from '../apps/campaigns/lessons.ts';
import { nextDue, takeTurn } from '../apps/campaigns/orchestrate.ts';
import { takeOverReports } from '../apps/campaigns/take-over.ts';
import {
  insertCampaign,
  insertContacts,
  MORNING,
  statesOf,
  testParts,
  testPrices,
  wrongCounts,
} from '../apps/campaigns/test-campaigns.ts';
import { dialogConsumer } from '../apps/dialog/handle-commands.ts';
import { inboundText } from '../apps/inbox/test-inbox.ts';
import { outboundConsumer } from '../apps/outbound/follow-events.ts';
import { ManualClock } from './manual-clock.ts';
import { testPseudonyms } from './pseudonyms.ts';
import { createDatabase, type TestDatabase } from './stack/stack.ts';

const OWN = phoneNumber('+14155550100');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Begins with three texts. */
const three = {
  ...handwashing,
  slug: 'three',
  prompts: handwashing.prompts.map((prompt, n) =>
    n > 0 ? prompt : { ...prompt, messages: ['One', 'Two', 'Three?'].map((en) => ({ text: { en } })) },
  ),
};

/**
 * Texts with which a lesson of a campaign begins obey the campaign, though the dialog has begun it: the campaigns', the
 * dialog's, outbound's and the sender's own code, each with the rights of its service, on a real database.
 */
describe('Texts of a lesson that a campaign began', () => {
  let database: TestDatabase;
  let admin: Pool;
  const pools = {} as Record<'campaigns' | 'dialog' | 'outbound' | 'sender', Pool>;
  let clock: ManualClock;
  before(async () => {
    database = await createDatabase();
    admin = database.adminPool;
    for (const service of ['campaigns', 'dialog', 'outbound', 'sender'] as const)
      pools[service] = createPool(database.configFor(service), () => undefined);
  });
  after(async () => {
    await Promise.all(Object.values(pools).map((pool) => pool.end()));
    await database.drop();
  });
  beforeEach(async () => {
    clock = new ManualClock(MORNING);
    await emptyTables(
      admin,
      `campaign, campaign_contact, campaign_count, campaign_drill_answer, contact, contact_list, list_member, phone,
       message, outbox, consent_standing, suppression, decision, decision_inputs, dialog_state, dialog_event_batch,
       processed_command, attempt, event_position`,
    );
  });

  const content = drillsFrom({
    drills: [...drills, three],
    programmes: [{ ...openProgramme, drills: [...openProgramme.drills, 'three'], senderNumbers: [OWN] }],
  });
  const given = <T>(pool: Pool, consumer: StreamConsumerDefinition<T>, bodies: readonly string[]) =>
    inTransaction(pool, (tx) =>
      consumer.apply(
        tx,
        bodies.map((body, index) => ({
          value: consumer.parse(body),
          body,
          sequenceNumber: String(index),
          partitionKey: '',
          arrivedAt: new Date(0),
        })),
      ),
    );
  /** What the dialog says to these commands. */
  async function executed(bodies: readonly string[]): Promise<DialogEventBatch[]> {
    const consumer = dialogConsumer({
      pseudonyms: testPseudonyms,
      drills: content,
      clock,
      logger: silentLogger,
      metrics: noMetrics,
      defaultSender: OWN,
      defaultLanguage: 'en',
    });
    const { entries } = await given(pools.dialog, consumer, bodies);
    return entries.map(({ body }) => dialogEventBatchSchema.parse(JSON.parse(body)));
  }
  /** The commands that campaigns have written, executed. */
  async function execute(): Promise<DialogEventBatch[]> {
    const { rows } = await admin.query<{ body: string }>(
      `DELETE FROM outbox WHERE target = 'dialog-commands' RETURNING body`,
    );
    return executed(rows.map(({ body }) => body));
  }
  /** Events become texts. */
  const write = async (batches: readonly DialogEventBatch[]): Promise<void> => {
    if (batches.length === 0) return;
    const words = { organisation: 'Elm', contact: 'a@example.org', carrierAnswersKeywords: false };
    const outbound = outboundConsumer(
      content,
      { ...words, defaultSender: OWN },
      clock,
      testPseudonyms,
      defaultGateConfig,
    );
    await given(
      pools.outbound,
      outbound,
      batches.map((each) => JSON.stringify(each)),
    );
  };
  const claimed = async (most: number) => {
    const { rows } = await admin.query<{ phone_number: string }>(
      `SELECT DISTINCT phone_number FROM message WHERE state IN ('queued', 'held') ORDER BY 1 LIMIT $1`,
      [most],
    );
    const result = await claim(pools.sender, {
      heard: [],
      phones: rows.map((row) => row.phone_number),
      carrier: 'twilio',
      channel: 'sms',
      gate: defaultGateConfig,
      pseudonyms: testPseudonyms,
      clock,
      inboundDoubtMs: MINUTE,
      pacing: null,
      newId: randomUUID,
    });
    return result.kind === 'claimed' ? result.claimed : assert.fail('nobody is in doubt');
  };
  /** What the sender may send now, at most so many texts, in the order in which it goes. */
  async function send(most = 1_000): Promise<string[]> {
    const went: string[] = [];
    for (;;) {
      const all = await claimed(most - went.length);
      if (all.length === 0) return went;
      await admin.query(
        `UPDATE attempt SET state = 'accepted' WHERE state = 'posting';
         UPDATE message SET state = 'sent', settled_at = clock_timestamp() WHERE state = 'posting'`,
      );
      went.push(...all.map(({ message }) => `${message.phoneNumber.slice(-1)} ${message.body}`));
    }
  }
  const turns = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      while ((await takeOverReports(pools.campaigns, { clock, prices: testPrices })) !== null);
      while ((await takeTurn(pools.campaigns, testParts(clock))) !== null);
      await clock.advance(1_000);
    }
  };
  const statusOf = async (campaignId: string) => (await readCampaign(admin, campaignId))?.status;
  const tell = (campaignId: string, command: CampaignCommand) =>
    inTransaction(admin, (tx) => tellCampaign(tx, campaignId, command, { now: clock.now() }));
  const lessons = (
    list: string,
    {
      endAt,
      ...definition
    }: { endAt?: Date; windows?: object[]; messagesPerSecond?: number; topic?: string } = {},
  ) =>
    insertCampaign(admin, clock.now(), {
      include: [list],
      type: 'drill',
      definition: { variants: [], drill: { programme: 'open-hands', drill: 'three' }, ...definition },
      ...(endAt === undefined ? {} : { endAt }),
    });
  /** A campaign whose lessons have begun, with their texts written. */
  async function begun(people: number, more: Parameters<typeof lessons>[1] = {}) {
    const list = await insertContacts(admin, people);
    const campaignId = await lessons(list, more);
    await turns(3);
    await write(await execute());
    await turns(1);
    return { campaignId, list };
  }
  /** Of texts that have not gone, or never went. */
  const kept = async (): Promise<Record<string, number>> => {
    const { rows } = await admin.query<{ state: string; n: number }>(
      `SELECT state || coalesce(':' || rule, '') AS state, count(*)::int AS n FROM message WHERE state <> 'sent' GROUP BY 1`,
    );
    return Object.fromEntries(rows.map(({ n, state }) => [state, n]));
  };
  /** How many people the dialog waits for. */
  const asked = async (): Promise<number> =>
    (await admin.query(`SELECT FROM dialog_state WHERE state ->> 'drillInstanceId' IS NOT NULL`)).rowCount ??
    0;
  const others = (list: string) => insertCampaign(admin, clock.now(), { include: [list] });
  const WHOLE = ['One', 'Two', 'Three?'];
  const ofEach = (went: readonly string[], people: number): string[][] =>
    Array.from({ length: people }, (_, n) =>
      went.filter((text) => text.startsWith(`${n} `)).map((text) => text.slice(2)),
    );

  it('do not go while it is paused, whenever they were written, and all go once when it goes on', async () => {
    const list = await insertContacts(admin, 4);
    const campaignId = await lessons(list);
    await turns(3);
    const batches = await execute();
    await write(batches.slice(0, 3));
    await turns(1);
    const before = await send(2);
    assert.equal(before.length, 2);
    await tell(campaignId, 'pause');
    await write(batches.slice(3));
    assert.deepEqual(await send(), []);
    await clock.advance(3 * HOUR);
    await turns(2);
    assert.deepEqual([await send(), await kept()], [[], { 'held:campaign_paused': 10 }]);
    await tell(campaignId, 'resume');
    await turns(1);
    const after = await send();
    assert.deepEqual(ofEach([...before, ...after], 4), [WHOLE, WHOLE, WHOLE, WHOLE]);
    await turns(20);
    assert.deepEqual(
      [await statusOf(campaignId), await statesOf(admin, campaignId), await send()],
      ['completed', { sent: 4 }, []],
    );
    assert.deepEqual(await wrongCounts(admin), []);
  });

  it('let what others planned for the same people go while it is paused', async () => {
    const { campaignId, list } = await begun(2);
    await tell(campaignId, 'pause');
    await others(list);
    await turns(3);
    const went = await send();
    assert.deepEqual(
      ofEach(went, 2).map(({ length }) => length),
      [1, 1],
    );
    assert.deepEqual(await kept(), { 'held:campaign_paused': 6 });
  });

  it('count for requests that are waited for when it is paused', async () => {
    const { campaignId } = await begun(1);
    await claimed(1);
    let ms = 0;
    const waits = {
      monotonic: () => ms,
      sleep: async (by: number): Promise<void> => {
        ms += by;
      },
    };
    assert.equal(await waitForCampaignRequests(admin, waits, campaignId), false);
    await admin.query(`UPDATE attempt SET state = 'accepted'`);
    assert.equal(await waitForCampaignRequests(admin, waits, campaignId), true);
  });

  it('never go once it was stopped; what nobody saw is neither waited for nor counted as sent', async () => {
    const { campaignId } = await begun(3);
    assert.deepEqual(await send(1), ['0 One']);
    await tell(campaignId, 'stop');
    assert.deepEqual(await send(), []);
    await turns(2);
    assert.deepEqual(await kept(), { 'cancelled:campaign_over': 8 });
    assert.deepEqual(await statesOf(admin, campaignId), { sent: 1, 'cancelled:stopped': 2 });
    assert.deepEqual(await wrongCounts(admin), []);
    assert.equal(await asked(), 3);
    await write(await execute());
    assert.equal(await asked(), 0);
    const text = inboundText(1, clock.now(), { from: '+12125550001', to: OWN, body: 'b) 20 seconds' });
    const [said] = await executed([JSON.stringify(text)]);
    assert.deepEqual(
      said?.events.map(({ type }) => type),
      ['UNHANDLED_MESSAGE_RECEIVED'],
    );
    assert.deepEqual([await send(), await nextDue(pools.campaigns)], [[], null]);
  });

  it('leave the lesson that somebody was given since as it is when it is stopped', async () => {
    const { campaignId } = await begun(1);
    await tell(campaignId, 'stop');
    await executed([JSON.stringify(anotherLesson())]);
    await turns(2);
    await write(await execute());
    assert.equal(await asked(), 1);
    assert.deepEqual(await kept(), { 'cancelled:campaign_over': 3 });
  });

  it('do not go when it goes on where somebody was given another lesson meanwhile', async () => {
    const { campaignId } = await begun(2);
    await tell(campaignId, 'pause');
    await write(await executed([JSON.stringify(anotherLesson())]));
    await tell(campaignId, 'resume');
    await turns(1);
    const went = await send();
    assert.deepEqual(ofEach(went, 2), [['How long? a) 5 seconds b) 20 seconds'], WHOLE]);
    assert.deepEqual(await kept(), { 'cancelled:lesson_replaced': 3 });
    // Who got nothing of it is not counted as somebody who did.
    assert.deepEqual(await statesOf(admin, campaignId), { 'cancelled:lesson_replaced': 1, sent: 1 });
    assert.deepEqual(await wrongCounts(admin), []);
  });

  it('count as sent where a part had gone before somebody was given another lesson', async () => {
    const { campaignId } = await begun(1);
    assert.deepEqual(await send(1), ['0 One']);
    await tell(campaignId, 'pause');
    await write(await executed([JSON.stringify(anotherLesson())]));
    await tell(campaignId, 'resume');
    await turns(1);
    assert.deepEqual(await send(), ['0 How long? a) 5 seconds b) 20 seconds']);
    assert.deepEqual(await kept(), { 'cancelled:lesson_replaced': 2 });
    assert.deepEqual(await statesOf(admin, campaignId), { sent: 1 });
    assert.deepEqual(await wrongCounts(admin), []);
  });

  for (const [moment, queues] of [
    ['are due to be looked at', false],
    ['were queued to be looked at', true],
  ] as const) {
    it(`do not go either when it goes on in the moment in which they ${moment}`, async () => {
      const { campaignId } = await begun(2);
      await tell(campaignId, 'pause');
      await write(await executed([JSON.stringify(anotherLesson())]));
      await clock.advance(LOOK_AGAIN_MS);
      if (queues) await requeueDue(pools.sender, { channel: 'sms', producer: 'sender' }, clock.now());
      await tell(campaignId, 'resume');
      await turns(1);
      const went = await send();
      assert.deepEqual(ofEach(went, 2), [['How long? a) 5 seconds b) 20 seconds'], WHOLE]);
      assert.deepEqual(await kept(), { 'cancelled:lesson_replaced': 3 });
      assert.deepEqual(await statesOf(admin, campaignId), { 'cancelled:lesson_replaced': 1, sent: 1 });
      assert.deepEqual(await wrongCounts(admin), []);
    });
  }

  it('never go after its end, also of what was held before', async () => {
    const endAt = new Date(clock.now().getTime() + 10 * MINUTE);
    const { campaignId } = await begun(2, { endAt });
    assert.equal((await send(1)).length, 1);
    await clock.advance(11 * MINUTE);
    assert.deepEqual(await send(), []);
    await turns(2);
    await execute();
    assert.deepEqual([await kept(), await asked()], [{ 'cancelled:campaign_over': 5 }, 0]);
    assert.deepEqual(
      [await statusOf(campaignId), await statesOf(admin, campaignId)],
      ['completed', { sent: 1, 'cancelled:ended': 1 }],
    );
    assert.deepEqual(await wrongCounts(admin), []);
  });

  it('never go after the end that comes while it is paused', async () => {
    const endAt = new Date(clock.now().getTime() + 10 * MINUTE);
    const { campaignId } = await begun(2, { endAt });
    await tell(campaignId, 'pause');
    await clock.advance(11 * MINUTE);
    await turns(2);
    await execute();
    assert.deepEqual([await kept(), await asked()], [{ 'cancelled:campaign_over': 6 }, 0]);
    assert.equal(await statusOf(campaignId), 'stopped');
  });

  describe('whose window closes', () => {
    /** It is 10:30 where they are. */
    const windows = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '09:00', to: '11:00' }];

    it('wait for the next day, without others waiting for them, and then all go once', async () => {
      const { campaignId, list } = await begun(3, { windows });
      const before = await send(2);
      await clock.advance(30 * MINUTE);
      assert.deepEqual(await send(), []);
      // Of each the next; what is behind it waits for it.
      assert.deepEqual(await kept(), { 'held:quiet_hours': 3, queued: 4 });
      await turns(2);
      assert.equal(await statusOf(campaignId), 'active');
      await others(list);
      await turns(3);
      assert.equal((await send()).length, 3);
      await clock.advance(21 * HOUR + 55 * MINUTE);
      assert.deepEqual(await send(), []);
      await clock.advance(6 * MINUTE);
      assert.deepEqual(ofEach([...before, ...(await send())], 3), [WHOLE, WHOLE, WHOLE]);
      await turns(20);
      assert.equal(await statusOf(campaignId), 'completed');
    });

    it('wait from the beginning where they are written after it', async () => {
      const list = await insertContacts(admin, 2);
      await lessons(list, { windows });
      await turns(3);
      const batches = await execute();
      await clock.advance(HOUR);
      await write(batches);
      assert.deepEqual(await kept(), { 'held:quiet_hours': 6 });
    });

    it('are taken back with their lesson where its end comes before the next', async () => {
      const endAt = new Date(clock.now().getTime() + 2 * HOUR);
      const { campaignId } = await begun(2, { windows, endAt });
      await clock.advance(HOUR);
      assert.deepEqual([await send(), await kept()], [[], { 'held:expires_first': 2, queued: 4 }]);
      await turns(2);
      assert.equal(await statusOf(campaignId), 'active');
      await clock.advance(HOUR);
      await turns(2);
      await execute();
      assert.deepEqual([await kept(), await asked()], [{ 'cancelled:campaign_over': 6 }, 0]);
      assert.deepEqual(await statesOf(admin, campaignId), { 'cancelled:ended': 2 });
    });
  });

  it('that are written when it is over and nobody looks at it any more are found, and end with their lesson', async () => {
    const list = await insertContacts(admin, 2);
    const campaignId = await lessons(list);
    await turns(3);
    const batches = await execute();
    await tell(campaignId, 'stop');
    await turns(2);
    assert.equal(await nextDue(pools.campaigns), null);
    await write(batches);
    assert.deepEqual([await send(), await kept()], [[], { 'held:campaign_over': 6 }]);
    assert.equal(await wakeForLessons(pools.campaigns, clock.now()), 1);
    await turns(2);
    await execute();
    assert.deepEqual([await kept(), await asked()], [{ 'cancelled:campaign_over': 6 }, 0]);
    assert.deepEqual(await statesOf(admin, campaignId), { 'cancelled:stopped': 2 });
    assert.equal(await wakeForLessons(pools.campaigns, clock.now()), 0);
  });

  it('go where they are written after it is completed', async () => {
    const list = await insertContacts(admin, 2);
    const campaignId = await lessons(list);
    await turns(3);
    const batches = await execute();
    await turns(2);
    assert.equal(await statusOf(campaignId), 'completed');
    await write(batches);
    assert.deepEqual(ofEach(await send(), 2), [WHOLE, WHOLE]);
  });

  it('keep it from being done before they have gone, and from being far ahead of its numbers', async () => {
    const list = await insertContacts(admin, 200);
    const campaignId = await lessons(list, { messagesPerSecond: 2 });
    let started = 0;
    for (let n = 0; n < 90; n += 1) {
      await turns(1);
      const batches = await execute();
      started += batches.length;
      await write(batches);
    }
    // A minute's: what has begun counts until its texts have gone.
    assert.equal(started, 120);
    assert.equal(await statusOf(campaignId), 'active');
    await send();
    await turns(1);
    assert.ok((await execute()).length > 0);
  });

  it('do not go to whoever refused its topic, or everything, since the lesson began', async () => {
    await begun(3, { topic: 'vaccines' });
    await admin.query(
      `INSERT INTO suppression (phone_number, scope, change_id, source, reason, added_at)
       VALUES ('+12125550000', 'vaccines', gen_random_uuid(), 'user_opt_out', 'no more of it', now()),
              ('+12125550001', 'sender', gen_random_uuid(), 'user_opt_out', 'STOP', now())`,
    );
    assert.deepEqual(ofEach(await send(), 3), [[], [], WHOLE]);
    assert.deepEqual(await kept(), { 'blocked:suppressed': 6 });
  });

  function anotherLesson() {
    return {
      type: 'START_DRILL',
      commandId: randomUUID(),
      phoneNumber: '+12125550000',
      occurredAt: clock.now().toISOString(),
      payload: {
        drillSlug: 'handwashing',
        drillInstanceId: randomUUID(),
        origin: { kind: 'planned', senderNumber: OWN, intent: 'transactional' },
      },
    };
  }
});
