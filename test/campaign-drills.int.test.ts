import assert from 'node:assert/strict';
import type { CampaignCommand } from '#shared/campaigns/lifecycle.ts';
import { readCampaign } from '#shared/campaigns/store.ts';
import { tellCampaign } from '#shared/campaigns/tell.ts';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import { type DialogEventBatch, dialogEventBatchSchema } from '#shared/contracts/dialog-events.ts';
import { drills, openProgramme } from '#shared/dialog/sample-dialog.ts';
import { drillsFrom } from '#shared/drills/drills.ts';
import type { StreamConsumerDefinition } from '#shared/kinesis/definition.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { nextDue, takeTurn } from '../apps/campaigns/orchestrate.ts';
import { takeOverReports } from '../apps/campaigns/take-over.ts';
import {
  insertCampaign,
  insertContacts,
  MORNING,
  testParts,
  testPrices,
  wrongCounts,
} from '../apps/campaigns/test-campaigns.ts';
import { dialogConsumer } from '../apps/dialog/handle-commands.ts';
import { inboundText, testConsumers } from '../apps/inbox/test-inbox.ts';
import { inboundLogConsumer } from '../apps/log/persist.ts';
import { outboundConsumer } from '../apps/outbound/follow-events.ts';
import { ManualClock } from './manual-clock.ts';
import { testPseudonyms } from './pseudonyms.ts';
import { createDatabase, type TestDatabase } from './stack/stack.ts';

const OWN = phoneNumber('+14155550100');
const OTHER = phoneNumber('+14155550199');

describe('A campaign of lessons', () => {
  let database: TestDatabase;
  let admin: Pool;
  let campaigns: Pool;
  let dialog: Pool;
  let clock: ManualClock;
  before(async () => {
    database = await createDatabase();
    admin = database.adminPool;
    // Each with the rights of its service.
    campaigns = createPool(database.configFor('campaigns'), () => undefined);
    dialog = createPool(database.configFor('dialog'), () => undefined);
  });
  after(async () => {
    await Promise.all([campaigns.end(), dialog.end()]);
    await database.drop();
  });
  beforeEach(async () => {
    clock = new ManualClock(MORNING);
    await emptyTables(
      admin,
      `campaign, campaign_contact, campaign_count, campaign_drill_answer, contact, contact_list, list_member, phone,
       message, outbox, consent_standing, suppression, decision, decision_inputs, dialog_state, dialog_event_batch,
       processed_command, attempt, reply, reply_verdict, conversation, event_position, message_log, campaign_opt_out,
       campaign_delivery_count`,
    );
  });

  /** One batch, as its stream brings it. */
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
  const wire = (records: readonly object[]): string[] => records.map((each) => JSON.stringify(each));
  const content = drillsFrom({
    drills: [...drills],
    programmes: [
      { ...openProgramme, senderNumbers: [OWN] },
      { ...openProgramme, slug: 'other', senderNumbers: [OTHER] },
    ],
  });
  /** The commands that campaigns have written, executed by the dialog as the stream brings them. Returns how many lessons began. */
  async function execute(): Promise<number> {
    const { rows } = await admin.query<{ body: string }>(
      `DELETE FROM outbox WHERE target = 'dialog-commands' RETURNING body`,
    );
    return (await executed(rows.map(({ body }) => body))).length;
  }
  /** What the dialog says to these commands, on its own stream. */
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
    const { entries } = await given(dialog, consumer, bodies);
    return entries.map(({ body }) => dialogEventBatchSchema.parse(JSON.parse(body)));
  }
  const turns = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      while ((await takeOverReports(campaigns, { clock, prices: testPrices })) !== null);
      while ((await takeTurn(campaigns, testParts(clock))) !== null);
      await clock.advance(1_000);
    }
  };
  const states = async (): Promise<Record<string, number>> => {
    const { rows } = await admin.query<{ state: string; n: number }>(
      `SELECT state || coalesce(':' || rule, '') AS state, count(*)::int AS n FROM campaign_contact GROUP BY 1 ORDER BY 1`,
    );
    return Object.fromEntries(rows.map(({ n, state }) => [state, n]));
  };
  const statusOf = async (campaignId: string) => (await readCampaign(admin, campaignId))?.status;
  const tell = (campaignId: string, command: CampaignCommand) =>
    inTransaction(admin, (tx) => tellCampaign(tx, campaignId, command, { now: clock.now() }));
  const begin = async (count: number, definition: object = {}): Promise<string> => {
    const list = await insertContacts(admin, count);
    return insertCampaign(admin, clock.now(), {
      include: [list],
      type: 'drill',
      definition: { variants: [], drill: { programme: 'open-hands', drill: 'handwashing' }, ...definition },
    });
  };

  it('starts its lesson with everybody once, and is over when the dialog has said so of each', async () => {
    const campaignId = await begin(5);
    await turns(5);
    assert.deepEqual([await states(), await statusOf(campaignId)], [{ queued: 5 }, 'active']);
    assert.equal(await execute(), 5);
    await turns(2);
    assert.deepEqual([await states(), await statusOf(campaignId)], [{ sent: 5 }, 'completed']);
    assert.deepEqual(await wrongCounts(admin), []);
    assert.equal(await execute(), 0);
  });

  it('is answered by whoever answers its lesson, and left by whoever asks to be left alone after it', async () => {
    const campaignId = await begin(3);
    await turns(3);
    const { rows } = await admin.query<{ body: string }>(
      `DELETE FROM outbox WHERE target = 'dialog-commands' RETURNING body`,
    );
    const begun = await executed(rows.map(({ body }) => body));
    const words = {
      defaultSender: OWN,
      organisation: 'Elm',
      contact: 'a@example.org',
      carrierAnswersKeywords: false,
    };
    const outbound = outboundConsumer(content, words, clock, testPseudonyms, defaultGateConfig);
    await given(admin, outbound, wire(begun));
    await admin.query(
      `UPDATE message SET state = 'sent';
       INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, posted_at)
       SELECT gen_random_uuid(), message_id, phone_number, 'twilio', sender_number, 'accepted', created_at FROM message`,
    );
    await clock.advance(60_000);
    const says = (n: number, body: string, consent: 'opted_out' | null = null) =>
      inboundText(n, clock.now(), { from: `+1212555000${n}`, to: OWN, body, consent });
    const [answer, stop] = [says(0, 'soap'), says(1, 'STOP', 'opted_out')];
    const inbox = testConsumers(clock);
    await given(admin, inbox.dialog, wire(begun));
    const heard = wire([answer, stop]);
    await given(admin, inbox.texts, heard);
    await given(admin, inbox.dialog, wire(await executed(heard)));
    const log = { logger: silentLogger, metrics: noMetrics, pseudonyms: testPseudonyms, withinDays: 30 };
    await given(admin, inboundLogConsumer(log), heard);
    await turns(2);
    const contacts = await admin.query(
      `SELECT phone_number, replied_at IS NOT NULL AS replied, campaign_opt_out.contact_id IS NOT NULL AS opted_out
         FROM campaign_contact LEFT JOIN campaign_opt_out USING (campaign_id, contact_id)
        WHERE campaign_id = $1 ORDER BY phone_number`,
      [campaignId],
    );
    assert.deepEqual(contacts.rows.map(Object.values), [
      ['+12125550000', true, false],
      ['+12125550001', false, true],
      ['+12125550002', false, false],
    ]);
    assert.deepEqual(await wrongCounts(admin), []);
  });

  it('starts no lesson while it is paused, also of what it had asked for, and goes on where it was', async () => {
    const campaignId = await begin(20, { messagesPerSecond: 5 });
    await turns(3);
    const { queued = 0 } = await states();
    assert.ok(queued > 0 && queued < 20, String(queued));
    await tell(campaignId, 'pause');
    assert.equal(await execute(), 0);
    await turns(5);
    assert.deepEqual(await states(), { pending: 20 });
    assert.deepEqual(await wrongCounts(admin), []);
    await tell(campaignId, 'resume');
    let begun = 0;
    for (let n = 0; n < 10; n += 1) {
      await turns(1);
      begun += await execute();
    }
    await turns(2);
    assert.deepEqual([begun, await states(), await statusOf(campaignId)], [20, { sent: 20 }, 'completed']);
  });

  it('starts no lesson after its end, also of what it had asked for', async () => {
    const list = await insertContacts(admin, 4);
    const campaignId = await insertCampaign(admin, clock.now(), {
      include: [list],
      type: 'drill',
      definition: { variants: [], drill: { programme: 'open-hands', drill: 'handwashing' } },
      endAt: new Date(clock.now().getTime() + 5_000),
    });
    await turns(2);
    assert.deepEqual(await states(), { queued: 4 });
    await clock.advance(10_000);
    assert.equal(await execute(), 0);
    await turns(5);
    assert.deepEqual(await states(), { 'cancelled:ended': 4 });
    assert.equal(await statusOf(campaignId), 'completed');
  });

  it('starts no lesson after it was stopped, and cancels whoever had been asked for', async () => {
    const campaignId = await begin(3);
    await turns(3);
    await tell(campaignId, 'stop');
    assert.equal(await execute(), 0);
    await turns(3);
    assert.deepEqual([await states(), await nextDue(campaigns)], [{ 'cancelled:stopped': 3 }, null]);
    assert.deepEqual(await wrongCounts(admin), []);
  });

  it('skips whom the dialog refuses, with its reason, and nobody else', async () => {
    const campaignId = await begin(3);
    await turns(3);
    // Between the gate and the dialog somebody stops.
    await admin.query(
      `INSERT INTO suppression (phone_number, change_id, source, reason, added_at)
       VALUES ('+12125550001', gen_random_uuid(), 'user_opt_out', 'STOP', now())`,
    );
    assert.equal(await execute(), 2);
    await turns(2);
    assert.deepEqual(
      [await states(), await statusOf(campaignId)],
      [{ sent: 2, 'skipped:drill_opted_out': 1 }, 'completed'],
    );
    assert.deepEqual(await wrongCounts(admin), []);
  });

  it('starts no lesson from a number of another programme', async () => {
    await begin(2, { senderNumbers: [OTHER] });
    await turns(3);
    assert.equal(await execute(), 0);
    await turns(2);
    assert.deepEqual(await states(), { 'skipped:drill_other_programme': 2 });
  });

  it('leaves out whoever was deleted or erased before the dialog came to it', async () => {
    await begin(2);
    await turns(3);
    await admin.query(
      `UPDATE campaign_contact SET state = 'cancelled', rule = 'erased' WHERE phone_number = '+12125550001';
       UPDATE campaign_count SET value = value - 1 WHERE measure = 'queued';
       INSERT INTO campaign_count SELECT campaign_id, 0, measure, 1 FROM campaign, (VALUES ('cancelled'), ('cancelled:erased')) AS of(measure)`,
    );
    await execute();
    await turns(2);
    assert.deepEqual(await states(), { 'cancelled:erased': 1, sent: 1 });
    assert.deepEqual(await wrongCounts(admin), []);
    assert.equal((await admin.query('SELECT FROM campaign_drill_answer')).rowCount, 0);
  });

  describe('whose commands never come to the dialog', () => {
    const MINUTE = 60_000;
    const DAY = 24 * 60 * MINUTE;
    /** Commands in quarantine, as long as nobody sends them on. */
    const lose = async (): Promise<
      { commandId: string; campaign: { campaignId: string; contactId: string } }[]
    > => {
      const { rows } = await admin.query<{ body: string }>(
        `DELETE FROM outbox WHERE target = 'dialog-commands' RETURNING body`,
      );
      return rows.map(({ body }) => {
        const { commandId, payload } = JSON.parse(body);
        return { commandId, campaign: payload.campaign };
      });
    };
    const later = async (ms: number): Promise<void> => {
      await clock.advance(ms);
      await turns(2);
    };
    /** How long nobody looks at the campaign after it was looked at, in s; null: nobody will. */
    const pauseAfterTurn = async (): Promise<number | null> => {
      while ((await takeTurn(campaigns, testParts(clock))) !== null);
      const due = await nextDue(campaigns);
      return due === null ? null : (due.getTime() - clock.now().getTime()) / 1_000;
    };

    it('is over after a day: whoever has no answer has failed, with the reason', async () => {
      const campaignId = await begin(3);
      await turns(3);
      assert.equal((await lose()).length, 3);
      await later(DAY - 10 * MINUTE);
      assert.deepEqual([await states(), await statusOf(campaignId)], [{ queued: 3 }, 'active']);
      await later(11 * MINUTE);
      assert.deepEqual(
        [await states(), await statusOf(campaignId)],
        [{ 'failed:unanswered': 3 }, 'completed'],
      );
      assert.deepEqual(await wrongCounts(admin), []);
      assert.equal(await pauseAfterTurn(), null);
    });

    it('asks for nobody again whose answer comes after that, whatever it says', async () => {
      const campaignId = await begin(3);
      await turns(3);
      const lost = await lose();
      await later(DAY + MINUTE);
      // As if others were still to come: an active campaign plans whoever is pending.
      await admin.query(`UPDATE campaign SET status = 'active', ended_at = NULL, due_at = $1`, [clock.now()]);
      for (const [index, { campaign, commandId }] of lost.entries()) {
        await admin.query(
          `INSERT INTO campaign_drill_answer (command_id, campaign_id, contact_id, refusal) VALUES ($1, $2, $3, $4)`,
          [
            commandId,
            campaign.campaignId,
            campaign.contactId,
            [null, 'campaign_not_active', 'opted_out'][index],
          ],
        );
      }
      await turns(3);
      assert.deepEqual(
        [await states(), await statusOf(campaignId), await lose()],
        [{ 'failed:unanswered': 3 }, 'completed', []],
      );
      assert.equal((await admin.query('SELECT FROM campaign_drill_answer')).rowCount, 0);
      assert.deepEqual(await wrongCounts(admin), []);
    });

    it('hears an answer that lies there when the time is over', async () => {
      await begin(2);
      await turns(3);
      const [first] = await lose();
      await admin.query(
        `INSERT INTO campaign_drill_answer (command_id, campaign_id, contact_id) VALUES ($1, $2, $3)`,
        [first?.commandId, first?.campaign.campaignId, first?.campaign.contactId],
      );
      await clock.advance(DAY + MINUTE);
      while ((await takeTurn(campaigns, testParts(clock))) !== null);
      await turns(2);
      assert.deepEqual(await states(), { 'failed:unanswered': 1, sent: 1 });
      assert.deepEqual(await wrongCounts(admin), []);
    });

    it('waits a quarter of an hour once it was stopped, and no turn comes after', async () => {
      const campaignId = await begin(3);
      await turns(3);
      await lose();
      await tell(campaignId, 'stop');
      await later(10 * MINUTE);
      assert.deepEqual(await states(), { queued: 3 });
      await later(6 * MINUTE);
      assert.deepEqual([await states(), await pauseAfterTurn()], [{ 'failed:unanswered': 3 }, null]);
      assert.deepEqual(await wrongCounts(admin), []);
    });

    it('waits as long after its end, and is completed then', async () => {
      const list = await insertContacts(admin, 3);
      const campaignId = await insertCampaign(admin, clock.now(), {
        include: [list],
        type: 'drill',
        definition: { variants: [], drill: { programme: 'open-hands', drill: 'handwashing' } },
        endAt: new Date(clock.now().getTime() + 5_000),
      });
      await turns(3);
      await lose();
      await later(10 * MINUTE);
      assert.deepEqual([await states(), await statusOf(campaignId)], [{ queued: 3 }, 'active']);
      await later(6 * MINUTE);
      assert.deepEqual(
        [await states(), await statusOf(campaignId), await pauseAfterTurn()],
        [{ 'failed:unanswered': 3 }, 'completed', null],
      );
    });

    for (const { command, name } of [
      { command: null, name: 'active' },
      { command: 'pause', name: 'paused' },
      { command: 'stop', name: 'stopped' },
    ] as const) {
      it(`is looked at every 15 seconds and not every second while it is ${name} and answers are late`, async () => {
        const campaignId = await begin(3);
        await turns(3);
        await lose();
        if (command !== null) await tell(campaignId, command);
        assert.equal(await pauseAfterTurn(), 1);
        await clock.advance(MINUTE);
        assert.equal(await pauseAfterTurn(), 15);
      });
    }

    it('is given up while it is paused, and resumed without them', async () => {
      const campaignId = await begin(3);
      await turns(3);
      await lose();
      await tell(campaignId, 'pause');
      await later(DAY);
      assert.deepEqual([await states(), await pauseAfterTurn()], [{ 'failed:unanswered': 3 }, null]);
      await tell(campaignId, 'resume');
      await turns(2);
      assert.deepEqual([await statusOf(campaignId), await lose()], ['completed', []]);
    });

    it('does not wait longer for lessons of which nobody wrote since when they wait', async () => {
      await begin(2);
      await turns(3);
      await lose();
      await admin.query('UPDATE campaign_contact SET due_at = NULL');
      await turns(2);
      await later(DAY + MINUTE);
      assert.deepEqual(await states(), { 'failed:unanswered': 2 });
    });

    it('goes on at its pace with everybody else', async () => {
      await begin(3, { messagesPerSecond: 1 });
      await turns(2);
      const lost = await lose();
      assert.ok(lost.length < 3);
      await turns(5);
      assert.deepEqual([await states(), lost.length + (await lose()).length], [{ queued: 3 }, 3]);
    });
  });
});
