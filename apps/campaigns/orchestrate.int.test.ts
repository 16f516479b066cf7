import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CampaignCommand } from '#shared/campaigns/lifecycle.ts';
import { readSpend } from '#shared/campaigns/spend.ts';
import { lockDueCampaign, readCampaign } from '#shared/campaigns/store.ts';
import { tellCampaign } from '#shared/campaigns/tell.ts';
import { systemClock } from '#shared/clock.ts';
import { erasePerson } from '#shared/erasure/erase.ts';
import { CarillonError } from '#shared/errors.ts';
import { judge } from '#shared/gate/judge.ts';
import { cancelStopped } from '#shared/messages/cancel-stopped.ts';
import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { runs } from '#test/properties/runs.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { takingTooLong } from '#test/too-long.ts';
import { nextDue, type OrchestratorParts, takeTurn } from './orchestrate.ts';
import {
  insertCampaign,
  insertContacts,
  MORNING,
  sendQueued,
  statesOf,
  testParts,
  wrongCounts,
} from './test-campaigns.ts';

describe('The orchestrator of campaigns', () => {
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
    await emptyTables(
      pool,
      `campaign, campaign_contact, campaign_count, contact, contact_list, list_member, phone, message, outbox,
       consent_standing, suppression, decision, decision_inputs, erased_phone`,
    );
  });

  const tell = (campaignId: string, command: CampaignCommand) =>
    inTransaction(pool, (tx) => tellCampaign(tx, campaignId, command, { now: clock.now() }));
  const states = (campaignId: string) => statesOf(pool, campaignId);
  const statusOf = async (campaignId: string) => (await readCampaign(pool, campaignId))?.status;
  /** Turns until nothing is due now, with time going on where everything waits for it. */
  const turns = async (parts: OrchestratorParts, seconds = 0): Promise<void> => {
    for (let left = seconds * 1_000; ; ) {
      while ((await takeTurn(ofTurns, parts)) !== null);
      const due = await nextDue(pool);
      const ms = due === null ? Number.POSITIVE_INFINITY : due.getTime() - clock.now().getTime();
      if (ms > left) return;
      left -= ms;
      await clock.advance(ms);
      await sendQueued(pool);
    }
  };

  it('brings a campaign from its start to its end: everybody gets it once, in their own words', async () => {
    const list = await insertContacts(pool, 250);
    const campaignId = await insertCampaign(pool, clock.now(), { include: [list] });
    await turns(testParts(clock), 600);
    assert.deepEqual([await statusOf(campaignId), await states(campaignId)], ['completed', { sent: 250 }]);
    const { rows } = await pool.query<{ bodies: number; phones: number; body: string }>(
      `SELECT count(DISTINCT body)::int AS bodies, count(DISTINCT phone_number)::int AS phones, min(body) AS body FROM message`,
    );
    assert.deepEqual(rows, [{ bodies: 1, phones: 250, body: 'Hi Ana, the clinic is open.' }]);
    const { rows: turnsQueued } = await pool.query(
      `SELECT target, count(*)::int AS n FROM outbox GROUP BY 1`,
    );
    assert.deepEqual(turnsQueued, [{ target: 'sms-bulk.fifo', n: 250 }]);
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('takes campaigns that are due at the same instant in one order, whichever the table has first', async () => {
    const made: string[] = [];
    for (let n = 0; n < 8; n += 1) made.push(await insertCampaign(pool, clock.now()));
    const taken = await inTransaction(ofTurns, async (tx) => {
      const ids: string[] = [];
      for (;;) {
        const due = await lockDueCampaign(tx, clock.now());
        if (due === null) return ids;
        ids.push(due.campaignId);
        await tx.query('UPDATE campaign SET due_at = NULL WHERE campaign_id = $1', [due.campaignId]);
      }
    });
    assert.deepEqual(taken, made.sort());
  });

  it('says its own name and fields in every text, as they stand', async () => {
    const list = await insertContacts(pool, 1);
    await insertCampaign(pool, clock.now(), {
      include: [list],
      definition: {
        fields: { clinic: 'North (room 2)', day: 'Monday' },
        variants: [
          { name: 'A', bodies: { en: '{{campaign_name}}: {{first_name}}, {{day|soon}} at {{clinic}}' } },
        ],
      },
    });
    await turns(testParts(clock), 10);
    const { rows } = await pool.query('SELECT body FROM message');
    assert.deepEqual(rows, [{ body: 'A campaign: Ana, Monday at North (room 2)' }]);
  });

  it('keeps no more queued than the pace brings in a minute, and no faster than it', async () => {
    const list = await insertContacts(pool, 900);
    const campaignId = await insertCampaign(pool, clock.now(), {
      include: [list],
      definition: { messagesPerSecond: 5 },
    });
    const parts = testParts(clock);
    while ((await takeTurn(ofTurns, parts)) !== null);
    for (let second = 0; second < 100; second += 1) {
      await clock.advance(1_000);
      while ((await takeTurn(ofTurns, parts)) !== null);
      assert.ok(((await states(campaignId)).queued ?? 0) <= Math.min(300, 5 * (second + 2)), String(second));
    }
    assert.equal((await states(campaignId)).queued, 300);
    // Of what the pace brought while there was no room, two seconds are kept.
    await sendQueued(pool);
    await clock.advance(1_000);
    while ((await takeTurn(ofTurns, parts)) !== null);
    assert.deepEqual(await states(campaignId), { sent: 300, queued: 10, pending: 590 });
  });

  it('takes back what is queued when it is paused, goes on where it was, and sends to nobody twice', async () => {
    const list = await insertContacts(pool, 300);
    const campaignId = await insertCampaign(pool, clock.now(), {
      include: [list],
      definition: { messagesPerSecond: 10 },
    });
    const parts = testParts(clock);
    await turns(parts, 10);
    await clock.advance(1_000);
    while ((await takeTurn(ofTurns, parts)) !== null);
    // One is at the carrier already: it stays what it becomes.
    await pool.query(
      `UPDATE message SET state = 'posting', attempts = 1 WHERE message_id = (SELECT message_id FROM message WHERE state = 'queued' LIMIT 1)`,
    );
    assert.equal((await tell(campaignId, 'pause')).kind, 'done');
    const { rows } = await pool.query(`SELECT FROM message WHERE state = 'queued'`);
    assert.equal(rows.length, 0);
    assert.equal((await states(campaignId)).queued, 1);
    await turns(parts, 100);
    assert.equal(await statusOf(campaignId), 'paused');
    assert.equal((await pool.query(`SELECT FROM message WHERE state = 'queued'`)).rowCount, 0);
    // The carrier has not taken it: it waits again, and the claim of the sender takes it back.
    await pool.query(`UPDATE message SET state = 'queued' WHERE state = 'posting'`);
    await inTransaction(pool, async (tx) => {
      const { rows: known } = await tx.query<{ phone_number: string }>(
        'SELECT phone_number FROM phone FOR UPDATE',
      );
      await cancelStopped(
        tx,
        known.map(({ phone_number }) => phone_number),
        clock.now(),
      );
    });
    assert.equal((await pool.query(`SELECT FROM message WHERE state = 'queued'`)).rowCount, 0);
    await tell(campaignId, 'resume');
    await turns(parts, 600);
    assert.deepEqual([await statusOf(campaignId), await states(campaignId)], ['completed', { sent: 300 }]);
    const { rows: sent } = await pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM message WHERE state = 'sent' GROUP BY phone_number ORDER BY n DESC LIMIT 1`,
    );
    assert.deepEqual(sent, [{ n: 1 }]);
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('takes over what was at the carrier when it was paused, and rests then', async () => {
    const parts = testParts(clock);
    const campaignId = await insertCampaign(pool, clock.now(), { include: [await insertContacts(pool, 5)] });
    await turns(parts);
    await clock.advance(1_000);
    while ((await takeTurn(ofTurns, parts)) !== null);
    await pool.query(`UPDATE message SET state = 'posting', attempts = 1 WHERE state = 'queued'`);
    await tell(campaignId, 'pause');
    await turns(parts, 3);
    assert.deepEqual(await states(campaignId), { queued: 5 });
    await pool.query(`UPDATE message SET state = 'sent', settled_at = now() WHERE state = 'posting'`);
    await turns(parts, 3);
    assert.deepEqual([await statusOf(campaignId), await states(campaignId)], ['paused', { sent: 5 }]);
    assert.equal(await nextDue(pool), null);
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('cancels the rest when it is stopped', async () => {
    const list = await insertContacts(pool, 100);
    const campaignId = await insertCampaign(pool, clock.now(), {
      include: [list],
      definition: { messagesPerSecond: 1 },
    });
    const parts = testParts(clock);
    await turns(parts, 10);
    const sent = (await states(campaignId)).sent ?? 0;
    assert.ok(sent >= 9, String(sent));
    await tell(campaignId, 'stop');
    await turns(parts, 100);
    assert.deepEqual(
      [await statusOf(campaignId), await states(campaignId)],
      ['stopped', { sent, 'cancelled:stopped': 100 - sent }],
    );
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('holds who may not be written to now until they may, and blocks who stopped', async () => {
    const list = await insertContacts(pool, 3);
    await pool.query(
      `UPDATE contact SET time_zone = 'Pacific/Honolulu' WHERE phone_number = '+12125550001';
       INSERT INTO suppression (phone_number, change_id, source, reason, added_at)
       VALUES ('+12125550002', gen_random_uuid(), 'user_opt_out', 'STOP', now())`,
    );
    const campaignId = await insertCampaign(pool, clock.now(), { include: [list] });
    await turns(testParts(clock), 60);
    assert.deepEqual(await states(campaignId), { sent: 1, 'held:quiet_hours': 1, 'blocked:suppressed': 1 });
    const { rows } = await pool.query('SELECT verdict, rule, campaign_id FROM decision ORDER BY rule');
    assert.deepEqual(rows, [
      { verdict: 'hold', rule: 'quiet_hours', campaign_id: campaignId },
      { verdict: 'block', rule: 'suppressed', campaign_id: campaignId },
    ]);
    // 10:30 in New York is 5:30 in Honolulu; at 8 it may go.
    await turns(testParts(clock), 3 * 3_600);
    assert.deepEqual(
      [await statusOf(campaignId), await states(campaignId)],
      ['completed', { sent: 2, 'blocked:suppressed': 1 }],
    );
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('is heard in its own hours only, judged when it is planned and again in the claim of the sender', async () => {
    const list = await insertContacts(pool, 3);
    const campaignId = await insertCampaign(pool, clock.now(), {
      include: [list],
      definition: { windows: [{ days: [4, 5], from: '09:00', to: '10:33' }], messagesPerSecond: 1 },
    });
    const parts = testParts(clock);
    while ((await takeTurn(ofTurns, parts)) !== null);
    await clock.advance(2_000);
    while ((await takeTurn(ofTurns, parts)) !== null);
    assert.deepEqual(await states(campaignId), { queued: 2, pending: 1 });
    // 10:30 in New York. Windows close 60 s early, so its hours are over two minutes later, when the second one is claimed.
    const { rows } = await pool.query<{ message_id: string; phone_number: string; intent: 'transactional' }>(
      `SELECT message_id, phone_number, intent FROM message ORDER BY message_id`,
    );
    const claimed = (message: (typeof rows)[number] | undefined, at: Date) =>
      inTransaction(pool, (tx) =>
        judge(
          tx,
          message === undefined
            ? []
            : [
                {
                  messageId: message.message_id,
                  phoneNumber: message.phone_number,
                  channel: 'sms',
                  freeFrom: null,
                  intent: message.intent,
                  batchId: message.message_id,
                  campaignId,
                  topic: null,
                  causedAt: null,
                  notAfter: null,
                  decided: null,
                },
              ],
          { now: at, config: parts.gate, pseudonyms: parts.pseudonyms, newId: () => clock.newId() },
        ),
      );
    assert.equal((await claimed(rows[0], new Date(MORNING.getTime() + 30_000))).allowed.length, 1);
    assert.equal((await claimed(rows[1], new Date(MORNING.getTime() + 150_000))).held.length, 1);
    await clock.advance(150_000);
    while ((await takeTurn(ofTurns, parts)) !== null);
    assert.deepEqual(await states(campaignId), { queued: 1, 'held:quiet_hours': 2 });
    const { rows: due } = await pool.query<{ due_at: Date }>(
      `SELECT DISTINCT due_at FROM campaign_contact WHERE state = 'held'`,
    );
    assert.deepEqual(due, [{ due_at: new Date('2026-03-06T14:00:00Z') }]);
  });

  it('plans again, when it may go, what the claim of the sender holds', async () => {
    const list = await insertContacts(pool, 2);
    const campaignId = await insertCampaign(pool, clock.now(), { include: [list] });
    const parts = testParts(clock);
    while ((await takeTurn(ofTurns, parts)) !== null);
    await clock.advance(1_000);
    while ((await takeTurn(ofTurns, parts)) !== null);
    const until = new Date(clock.now().getTime() + 3_600_000);
    await pool.query(
      `UPDATE message SET state = 'held', verdict = 'hold', rule = 'frequency_cap', decided_rule = 'frequency_cap', due_at = $1`,
      [until],
    );
    await clock.advance(1_000);
    while ((await takeTurn(ofTurns, parts)) !== null);
    assert.deepEqual(await states(campaignId), { 'held:frequency_cap': 2 });
    assert.equal((await pool.query(`SELECT FROM message WHERE state <> 'cancelled'`)).rowCount, 0);
    await turns(parts, 3_700);
    assert.deepEqual([await statusOf(campaignId), await states(campaignId)], ['completed', { sent: 2 }]);
  });

  it('skips whoever lacks a value that the text needs, and nobody else', async () => {
    const list = await insertContacts(pool, 3);
    await pool.query(`UPDATE contact SET name = NULL WHERE phone_number = '+12125550001'`);
    const campaignId = await insertCampaign(pool, clock.now(), { include: [list] });
    await turns(testParts(clock), 60);
    assert.deepEqual(await states(campaignId), { sent: 2, 'skipped:missing_first_name': 1 });
  });

  it('sends nothing after its end', async () => {
    const list = await insertContacts(pool, 50);
    const endAt = new Date(MORNING.getTime() + 10_000);
    const campaignId = await insertCampaign(pool, clock.now(), {
      include: [list],
      endAt,
      definition: { messagesPerSecond: 1 },
    });
    await turns(testParts(clock), 120);
    const { sent = 0, ...rest } = await states(campaignId);
    assert.equal(await statusOf(campaignId), 'completed');
    assert.ok(sent <= 10 && sent > 5, String(sent));
    assert.deepEqual(rest, { 'cancelled:ended': 50 - sent });
  });

  it('cancels whoever is left when its end comes while a turn goes on', async () => {
    const list = await insertContacts(pool, 5);
    const endAt = new Date(MORNING.getTime() + 10_000);
    const campaignId = await insertCampaign(pool, clock.now(), { include: [list], endAt });
    // Started, with nobody planned.
    while ((await statusOf(campaignId)) !== 'active') await takeTurn(ofTurns, testParts(clock));
    await clock.advance(9_000);
    /** Two seconds pass between the beginning of a turn and whatever comes after. */
    let looks = 0;
    const slow = Object.assign(Object.create(clock) as ManualClock, {
      now: () => {
        looks += 1;
        return new Date(clock.now().getTime() + (looks === 1 ? 0 : 2_000));
      },
      monotonic: () => clock.monotonic(),
      newId: () => clock.newId(),
    });
    const turn = await takeTurn(ofTurns, { ...testParts(clock), clock: slow });
    assert.deepEqual([turn?.dispatched, await states(campaignId)], [null, { pending: 5 }]);
    await turns(testParts(clock), 60);
    assert.equal(await statusOf(campaignId), 'completed');
    assert.deepEqual(await states(campaignId), { 'cancelled:ended': 5 });
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('lets campaigns wait for a slot of their pool in the order in which they came, and starts them by itself', async () => {
    const parts = testParts(clock, { slots: { sms: 1, voice: 1 } });
    const lists = [
      await insertContacts(pool, 20),
      await insertContacts(pool, 20, 20),
      await insertContacts(pool, 20, 40),
    ];
    const ids: string[] = [];
    for (const [index, list] of lists.entries()) {
      ids.push(
        await insertCampaign(pool, new Date(clock.now().getTime() + index), {
          include: [list],
          definition: { messagesPerSecond: 10 },
        }),
      );
    }
    await clock.advance(10);
    while ((await takeTurn(ofTurns, parts)) !== null);
    assert.deepEqual(await Promise.all(ids.map(statusOf)), ['active', 'scheduled', 'scheduled']);
    const third = await readCampaign(pool, ids[2] ?? '');
    assert.equal(third?.reason, 'Waits for a slot: 1 of 1 sms campaigns are under way, 1 wait before it.');
    await turns(parts, 60);
    assert.deepEqual(await Promise.all(ids.map(statusOf)), ['completed', 'completed', 'completed']);
    const { rows } = await pool.query<{ in_order: boolean }>(
      `SELECT bool_and(ended_at <= next_start) AS in_order
         FROM (SELECT ended_at, lead(started_at) OVER (ORDER BY started_at) AS next_start FROM campaign) AS one WHERE next_start IS NOT NULL`,
    );
    assert.deepEqual(rows, [{ in_order: true }]);
  });

  it('waits for a second person above the size that needs one', async () => {
    const list = await insertContacts(pool, 5);
    const campaignId = await insertCampaign(pool, clock.now(), { include: [list] });
    await turns(testParts(clock, { approvalAbove: 4 }), 60);
    const campaign = await readCampaign(pool, campaignId);
    assert.deepEqual([campaign?.status, campaign?.pausedFrom], ['paused', 'active']);
    assert.match(campaign?.reason ?? '', /audience of 5 is above 4/);
    assert.deepEqual(await states(campaignId), { pending: 5 });
  });

  it('ends when its end comes while it is paused, and gives its slot back', async () => {
    const list = await insertContacts(pool, 5);
    const endAt = new Date(MORNING.getTime() + 60_000);
    const campaignId = await insertCampaign(pool, clock.now(), {
      include: [list],
      endAt,
      definition: { messagesPerSecond: 1 },
    });
    const parts = testParts(clock);
    await turns(parts, 3);
    await tell(campaignId, 'pause');
    await turns(parts, 120);
    const { sent = 0, ...rest } = await states(campaignId);
    assert.deepEqual([await statusOf(campaignId), rest], ['stopped', { 'cancelled:stopped': 5 - sent }]);
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('counts whoever was erased in the middle of it as what became of them', async () => {
    const list = await insertContacts(pool, 3);
    const campaignId = await insertCampaign(pool, clock.now(), {
      include: [list],
      definition: { messagesPerSecond: 2 },
    });
    const parts = testParts(clock);
    while ((await takeTurn(ofTurns, parts)) !== null);
    await clock.advance(1_000);
    while ((await takeTurn(ofTurns, parts)) !== null);
    assert.deepEqual(await states(campaignId), { queued: 2, pending: 1 });
    await sendQueued(pool);
    // Published, as the relay does it.
    await pool.query('DELETE FROM outbox');
    const { rows } = await pool.query<{ phone_number: PhoneNumber }>(
      `SELECT DISTINCT ON (state) phone_number FROM campaign_contact ORDER BY state`,
    );
    for (const { phone_number: phone } of rows) {
      await erasePerson(pool, {
        phone,
        reason: 'asked',
        by: 'test',
        pseudonyms: parts.pseudonyms,
        clock: systemClock(),
      });
    }
    // What was at the carrier is settled, and paid for, as everything else.
    assert.deepEqual(await states(campaignId), { queued: 2, 'cancelled:erased': 1 });
    assert.deepEqual(await wrongCounts(pool), []);
    assert.equal((await pool.query(`SELECT FROM campaign_contact WHERE phone_number LIKE '+%'`)).rowCount, 1);
    await turns(parts, 60);
    assert.equal(await statusOf(campaignId), 'completed');
    assert.deepEqual(await states(campaignId), { sent: 2, 'cancelled:erased': 1 });
    assert.equal((await readSpend(pool, campaignId)).segments, 2);
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('counts whoever was erased before they were written to again as what became of the first message', async () => {
    const list = await insertContacts(pool, 2);
    const campaignId = await insertCampaign(pool, clock.now(), {
      include: [list],
      definition: { maxAttempts: 3 },
    });
    const parts = testParts(clock);
    const settled = async (): Promise<void> => {
      while ((await takeTurn(pool, parts)) !== null);
      await clock.advance(1_000);
      while ((await takeTurn(pool, parts)) !== null);
    };
    await settled();
    assert.deepEqual(await states(campaignId), { queued: 2 });
    const refuse = async (phone: string): Promise<void> => {
      await pool.query(
        `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state)
         SELECT gen_random_uuid(), message_id, phone_number, 'twilio', sender_number, 'refused' FROM message
          WHERE phone_number = $1`,
        [phone],
      );
      await pool.query(
        `UPDATE message SET state = 'failed', attempts = 1, rule = '30500', settled_at = now() WHERE phone_number = $1`,
        [phone],
      );
    };
    const eraseAll = async (phone: string): Promise<void> => {
      await pool.query('DELETE FROM outbox');
      const { pseudonyms } = parts;
      await erasePerson(pool, {
        phone: phoneNumber(phone),
        reason: 'asked',
        by: 'test',
        pseudonyms,
        clock: systemClock(),
      });
    };
    // One waits to be written to again; what became of the other's message is not taken over yet.
    await refuse('+12125550000');
    await settled();
    assert.deepEqual(await states(campaignId), { queued: 1, 'held:retry_30500': 1 });
    await refuse('+12125550001');
    await eraseAll('+12125550000');
    await eraseAll('+12125550001');
    assert.deepEqual(await states(campaignId), { queued: 1, 'failed:30500': 1 });
    assert.deepEqual(await wrongCounts(pool), []);
    await settled();
    await clock.advance(61 * 60_000);
    await settled();
    assert.deepEqual(await states(campaignId), { 'failed:30500': 2 });
    assert.equal((await pool.query('SELECT FROM message')).rowCount, 2);
    assert.deepEqual(await wrongCounts(pool), []);
  });

  it('fails, and says why, when its filter is not understood any more', async () => {
    const campaignId = await insertCampaign(pool, clock.now(), {
      definition: { audience: { filter: { field: 'clinic', is: 'North' } } },
    });
    await turns(testParts(clock), 60);
    const campaign = await readCampaign(pool, campaignId);
    assert.equal(campaign?.status, 'failed');
    assert.match(campaign?.reason ?? '', /there is no field clinic/);
  });

  it('plans nothing for a campaign of a type that it does not lead', async () => {
    const include = [await insertContacts(pool, 3)];
    for (const status of ['scheduled', 'loading', 'active'] as const) {
      const campaignId = await insertCampaign(pool, clock.now(), { include, status });
      while ((await takeTurn(ofTurns, testParts(clock, { sent: ['drill'] }))) !== null);
      const campaign = await readCampaign(pool, campaignId);
      assert.deepEqual(
        [campaign?.status, campaign?.reason],
        ['failed', 'It cannot be sent: campaigns of type sms are not led here yet.'],
      );
    }
    assert.deepEqual((await pool.query('SELECT FROM message')).rows, []);
  });

  it('ends as failed when it can never go on, and keeps nobody else from going on', async () => {
    const list = await insertContacts(pool, 3);
    const broken = await insertCampaign(pool, clock.now(), { include: [list] });
    await pool.query(`UPDATE campaign SET definition = definition - 'timeZone' WHERE campaign_id = $1`, [
      broken,
    ]);
    const sound = await insertCampaign(pool, new Date(clock.now().getTime() + 1), { include: [list] });
    const heard: string[] = [];
    await clock.advance(10);
    await turns(testParts(clock, { failed: (campaignId) => heard.push(campaignId) }), 60);
    assert.deepEqual(heard, [broken]);
    const { rows } = await pool.query(
      'SELECT campaign_id, status FROM campaign ORDER BY queued_at NULLS LAST, status',
    );
    assert.deepEqual(
      new Set(rows.map(({ campaign_id, status }) => `${campaign_id} ${status}`)),
      new Set([`${broken} failed`, `${sound} completed`]),
    );
  });

  it('is put off for half a minute when a statement takes too long, keeps nobody else from going on, and goes on itself then', async () => {
    const list = await insertContacts(pool, 3);
    const slow = await insertCampaign(pool, clock.now(), { include: [list] });
    await clock.advance(1);
    const sound = await insertCampaign(pool, clock.now(), { include: [list] });
    const heard: string[] = [];
    const parts = testParts(clock, { failed: (campaignId) => heard.push(campaignId) });
    const row = `NEW.campaign_id = '${slow}'`;
    await takingTooLong(pool, { table: 'campaign_contact', row }, async () => {
      await turns(parts, 20);
      assert.deepEqual(heard, [slow]);
      assert.deepEqual([await statusOf(slow), await statusOf(sound)], ['loading', 'completed']);
      await turns(parts, 30);
      assert.deepEqual(heard, [slow, slow], 'it is tried every half a minute');
      assert.deepEqual(await states(slow), {});
    });
    await turns(parts, 40);
    assert.deepEqual(heard, [slow, slow]);
    assert.deepEqual([await statusOf(slow), await states(slow)], ['completed', { sent: 3 }]);
  });

  /** It ends between what it settles and what it dispatches. */
  const dyingParts = (parts: OrchestratorParts): OrchestratorParts => {
    let looks = 0;
    // Its turn begins with the first look; with the second it would plan.
    const now = (): Date => {
      looks += 1;
      if (looks > 1) throw new CarillonError('unavailable', 'it died');
      return clock.now();
    };
    const { monotonic, newId } = { monotonic: () => clock.monotonic(), newId: () => clock.newId() };
    return { ...parts, clock: Object.assign(Object.create(clock) as ManualClock, { now, monotonic, newId }) };
  };

  it('has everybody in one state, counted right, and nobody written to twice, whatever is told when and wherever it dies', async () => {
    const list = await insertContacts(pool, 60);
    const event = fc.oneof(
      fc.constantFrom<CampaignCommand>('pause', 'resume', 'start', 'stop').map((command) => ({ command })),
      fc
        .constantFrom('turn', 'turn', 'turn', 'send', 'hold', 'fail', 'die', 'post', 'refuse')
        .map((what) => ({ what })),
      fc.integer({ min: 1, max: 20 }).map((seconds) => ({ seconds })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 40 }), async (events) => {
        await emptyTables(
          pool,
          'campaign, campaign_contact, campaign_count, phone, message, outbox, decision',
        );
        clock = new ManualClock(MORNING);
        const phones = Array.from({ length: 60 }, (_, n) => `+1212555${String(n).padStart(4, '0')}`);
        const parts = testParts(clock, { batchSize: 7 });
        const campaignId = await insertCampaign(pool, clock.now(), {
          include: [list],
          definition: { messagesPerSecond: 2 },
        });
        for (const each of events) {
          if ('command' in each) await tell(campaignId, each.command);
          else if ('seconds' in each) await clock.advance(each.seconds * 1_000);
          else if (each.what === 'turn') await takeTurn(ofTurns, parts);
          else if (each.what === 'die') {
            // In the middle of its transaction: what was settled in it is settled by the next one.
            await assert.rejects(takeTurn(ofTurns, dyingParts(parts)), /it died/).catch((error: unknown) => {
              // Nothing was due, or nothing to dispatch.
              if (!(error instanceof assert.AssertionError)) throw error;
            });
          } else if (each.what === 'post') {
            await pool.query(`UPDATE message SET state = 'posting', attempts = 1 WHERE state = 'queued'`);
          } else if (each.what === 'refuse') {
            // The carrier took nothing: it waits again, and is claimed or taken back.
            await pool.query(`UPDATE message SET state = 'queued' WHERE state = 'posting'`);
            await inTransaction(pool, (tx) => cancelStopped(tx, phones, clock.now()));
          } else if (each.what === 'send') await sendQueued(pool);
          else if (each.what === 'fail') {
            await pool.query(
              `UPDATE message SET state = 'failed', rule = '30003', attempts = 1 WHERE state = 'queued'`,
            );
          } else {
            await pool.query(
              `UPDATE message SET state = 'held', verdict = 'hold', rule = 'quiet_hours', decided_rule = 'quiet_hours', due_at = $1
                WHERE state = 'queued'`,
              [new Date(clock.now().getTime() + 5_000)],
            );
          }
          assert.deepEqual(await wrongCounts(pool), []);
          const { rows } = await pool.query(
            `SELECT phone_number FROM message WHERE state IN ('sent', 'queued', 'held', 'failed', 'posting') GROUP BY 1 HAVING count(*) > 1`,
          );
          assert.deepEqual(rows, []);
          const { rows: unseen } = await pool.query(
            `SELECT FROM message WHERE state IN ('queued', 'held', 'posting')
                AND NOT EXISTS (SELECT FROM campaign_contact WHERE message_id = message.message_id AND state = 'queued')`,
          );
          assert.equal(unseen.length, 0);
          if ((await statusOf(campaignId)) === 'paused') {
            assert.equal((await pool.query(`SELECT FROM message WHERE state = 'queued'`)).rowCount, 0);
          }
        }
      }),
      { numRuns: runs(40) },
    );
  }).timeout(300_000);
});
