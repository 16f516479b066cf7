import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CampaignCommand } from '#shared/campaigns/lifecycle.ts';
import { noteReplies } from '#shared/campaigns/replied.ts';
import { readCampaign } from '#shared/campaigns/store.ts';
import { tellCampaign } from '#shared/campaigns/tell.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { runs } from '#test/properties/runs.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { takeTurn } from './orchestrate.ts';
import { takeOverReports } from './take-over.ts';
import {
  insertCampaign,
  insertContacts,
  MORNING,
  passTime,
  report,
  sendQueued,
  testParts,
  testPrices,
  wrongCounts,
} from './test-campaigns.ts';

const [ANA, BEN, CAL] = ['+12125550000', '+12125550001', '+12125550002'] as const;
const MINUTE = 60_000;

describe('What becomes of contacts when the carrier reports', () => {
  let database: TestDatabase;
  let admin: Pool;
  /** With the rights of the service. */
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
      `campaign, campaign_contact, campaign_count, campaign_delivery, campaign_delivery_count, contact, contact_list,
       list_member, phone, message, attempt, outbox, consent_standing, suppression, decision, decision_inputs`,
    );
  });

  const follow = async (): Promise<void> => {
    while ((await takeOverReports(pool, { clock, prices: testPrices })) !== null);
  };
  /** Everything that is due now. */
  const turns = async (): Promise<void> => {
    await follow();
    while ((await takeTurn(pool, testParts(clock))) !== null);
  };
  const pass = (ms: number, sends = true) => passTime(clock, ms, { admin, pool, turns, sends });
  const standing = async (campaignId: string): Promise<Record<string, string>> => {
    const { rows } = await admin.query<{ phone_number: string; stands: string }>(
      `SELECT phone_number, state || coalesce(':' || rule, '') AS stands FROM campaign_contact WHERE campaign_id = $1 ORDER BY 1`,
      [campaignId],
    );
    return Object.fromEntries(rows.map(({ phone_number, stands }) => [phone_number, stands]));
  };
  const statusOf = async (campaignId: string) => (await readCampaign(admin, campaignId))?.status;
  const messages = async (phone: string): Promise<number> =>
    (await admin.query(`SELECT FROM message WHERE phone_number = $1 AND state = 'sent'`, [phone])).rowCount ??
    0;
  const tell = (campaignId: string, command: CampaignCommand) =>
    inTransaction(admin, (tx) => tellCampaign(tx, campaignId, command, { now: clock.now() }));
  const replies = (campaignId: string, phoneNumber: string) =>
    inTransaction(admin, (tx) => noteReplies(tx, [{ campaignId, phoneNumber, at: clock.now() }]));
  /** A campaign that has written to everybody, who are so many. */
  async function written(count: number, definition: object = {}): Promise<string> {
    const list = await insertContacts(admin, count);
    const campaignId = await insertCampaign(admin, clock.now(), {
      include: [list],
      definition: { maxAttempts: 3, ...definition },
    });
    await pass(10_000);
    return campaignId;
  }

  it('are delivered, undelivered or failed, with the code, and counted so', async () => {
    const campaignId = await written(4);
    await report(admin, 'delivered', { phones: [ANA] });
    await report(admin, 'undelivered', { phones: [BEN], errorCode: '30006' });
    await report(admin, 'failed', { phones: [CAL], errorCode: '30007' });
    await report(admin, 'unconfirmed', { phones: ['+12125550003'] });
    await turns();
    assert.deepEqual(Object.values(await standing(campaignId)), [
      'delivered',
      'undelivered:30006',
      'failed:30007',
      'sent:unconfirmed',
    ]);
    assert.deepEqual(await wrongCounts(admin), []);
    assert.equal(await statusOf(campaignId), 'completed');
  });

  it('are written to again after the delay where the code allows it, until they are reached', async () => {
    const campaignId = await written(2, { retryDelayMinutes: 30 });
    await report(admin, 'delivered', { phones: [ANA] });
    await report(admin, 'undelivered', { phones: [BEN], errorCode: '30003' });
    await turns();
    assert.deepEqual(Object.values(await standing(campaignId)), ['delivered', 'held:retry_30003']);
    await pass(29 * MINUTE);
    assert.equal(await messages(BEN), 1);
    await pass(2 * MINUTE);
    assert.deepEqual([await messages(ANA), await messages(BEN)], [1, 2]);
    assert.deepEqual([await statusOf(campaignId), (await standing(campaignId))[BEN]], ['active', 'sent']);
    await report(admin, 'delivered', { phones: [BEN] });
    await turns();
    assert.deepEqual(
      [await statusOf(campaignId), (await standing(campaignId))[BEN]],
      ['completed', 'delivered'],
    );
    assert.deepEqual(await wrongCounts(admin), []);
  });

  it('are written to no more often than the campaign says', async () => {
    const campaignId = await written(1, { maxAttempts: 2, retryDelayMinutes: 30 });
    for (let n = 0; n < 3; n += 1) {
      await report(admin, 'undelivered', { errorCode: '30003' });
      await pass(31 * MINUTE);
    }
    assert.equal(await messages(ANA), 2);
    assert.deepEqual(
      [await statusOf(campaignId), (await standing(campaignId))[ANA]],
      ['completed', 'undelivered:30003'],
    );
    const { rows } = await admin.query('SELECT attempts FROM campaign_contact');
    assert.deepEqual(rows, [{ attempts: 2 }]);
  });

  it('are written to again only in the hours of the campaign', async () => {
    // It is 10:30.
    const campaignId = await written(1, {
      windows: [{ days: [1, 2, 3, 4, 5], from: '10:00', to: '11:00' }],
      retryDelayMinutes: 60,
    });
    await report(admin, 'undelivered', { errorCode: '30003' });
    await pass(2 * 60 * MINUTE);
    assert.deepEqual([await messages(ANA), (await standing(campaignId))[ANA]], [1, 'held:quiet_hours']);
    await pass(22 * 60 * MINUTE);
    assert.equal(await messages(ANA), 2);
  });

  it('are not written to again who have answered, or opted out, since', async () => {
    const campaignId = await written(3);
    await report(admin, 'undelivered', { errorCode: '30003' });
    await turns();
    await replies(campaignId, ANA);
    await admin.query(
      `INSERT INTO suppression (phone_number, change_id, source, reason, added_at)
       VALUES ($1, gen_random_uuid(), 'user_opt_out', 'STOP', now())`,
      [BEN],
    );
    await pass(61 * MINUTE);
    assert.deepEqual(Object.values(await standing(campaignId)), [
      'undelivered:30003',
      'blocked:suppressed',
      'sent',
    ]);
    assert.deepEqual([await messages(ANA), await messages(BEN), await messages(CAL)], [1, 1, 2]);
    assert.deepEqual(await wrongCounts(admin), []);
  });

  it('take back what is queued for somebody whom an earlier message reached after all', async () => {
    const campaignId = await written(2, { retryDelayMinutes: 30 });
    await report(admin, 'undelivered', { errorCode: '30003' });
    await turns();
    await pass(31 * MINUTE, false);
    assert.deepEqual(Object.values(await standing(campaignId)), ['queued', 'queued']);
    // Ben's is at the carrier already.
    await admin.query(
      `UPDATE message SET state = 'posting', attempts = 1 WHERE phone_number = $1 AND state = 'queued'`,
      [BEN],
    );
    await admin.query(
      `UPDATE campaign_delivery SET outcome = 'delivered', error_code = NULL, is_news = true`,
    );
    await turns();
    assert.deepEqual(Object.values(await standing(campaignId)), ['delivered', 'queued']);
    assert.deepEqual(
      (await admin.query(`SELECT state, rule FROM message WHERE phone_number = $1 ORDER BY ordinal`, [ANA]))
        .rows,
      [
        { state: 'sent', rule: null },
        { state: 'cancelled', rule: 'reached_before' },
      ],
    );
    // The carrier refuses it: they have the first one all the same.
    await admin.query(`UPDATE message SET state = 'failed', rule = '30005' WHERE state = 'posting'`);
    await pass(MINUTE);
    assert.deepEqual(Object.values(await standing(campaignId)), ['delivered', 'delivered']);
    assert.deepEqual(await wrongCounts(admin), []);
  });

  it('are what became of the message before when the campaign is stopped before the next', async () => {
    const campaignId = await written(1);
    await report(admin, 'undelivered', { errorCode: '30003' });
    await turns();
    await tell(campaignId, 'stop');
    await turns();
    assert.deepEqual(Object.values(await standing(campaignId)), ['undelivered:30003']);
    assert.deepEqual(await wrongCounts(admin), []);
  });

  it('are what became of the message before when the next cannot be written, as a value is gone that the text needs', async () => {
    const variants = [{ name: 'A', bodies: { en: 'Hi {{name}}' } }];
    const campaignId = await written(2, { variants });
    await report(admin, 'undelivered', { errorCode: '30003' });
    await turns();
    assert.deepEqual(await standing(campaignId), { [ANA]: 'held:retry_30003', [BEN]: 'held:retry_30003' });
    await admin.query('UPDATE contact SET name = NULL WHERE phone_number = $1', [ANA]);
    await pass(61 * MINUTE);
    assert.deepEqual(await standing(campaignId), { [ANA]: 'undelivered:30003', [BEN]: 'sent' });
    assert.deepEqual(await wrongCounts(admin), []);
  });

  it('follow reports also after the campaign has ended, and are written to no more', async () => {
    const campaignId = await written(3);
    await pass(61 * MINUTE);
    assert.equal(await statusOf(campaignId), 'completed');
    await report(admin, 'delivered', { phones: [ANA] });
    await report(admin, 'undelivered', { phones: [BEN], errorCode: '30003' });
    await pass(61 * MINUTE);
    assert.deepEqual(Object.values(await standing(campaignId)), ['delivered', 'undelivered:30003', 'sent']);
    assert.equal(await messages(BEN), 1);
    assert.deepEqual(await wrongCounts(admin), []);
  });

  it('are tried again also when the carrier refused the message for a reason that may pass', async () => {
    const list = await insertContacts(admin, 2);
    const campaignId = await insertCampaign(admin, clock.now(), {
      include: [list],
      definition: { maxAttempts: 2 },
    });
    await pass(5_000, false);
    await admin.query(
      `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state)
       SELECT gen_random_uuid(), message_id, phone_number, 'twilio', sender_number, 'refused' FROM message`,
    );
    await admin.query(
      `UPDATE message SET state = 'failed', attempts = 2, rule = CASE phone_number WHEN $1 THEN '30500' ELSE '21614' END`,
      [ANA],
    );
    await turns();
    await pass(1_000, false);
    assert.deepEqual(Object.values(await standing(campaignId)), ['held:retry_30500', 'failed:21614']);
    assert.deepEqual(await wrongCounts(admin), []);
  });

  it('keep their slot while reports are waited for, which may have them go on', async () => {
    const parts = testParts(clock, { slots: { sms: 1, voice: 1 } });
    const first = await written(1);
    const list = await insertContacts(admin, 1, 10);
    const second = await insertCampaign(admin, clock.now(), { include: [list] });
    for (let n = 0; n < 5; n += 1) {
      while ((await takeTurn(pool, parts)) !== null);
      await clock.advance(1_000);
    }
    assert.deepEqual([await statusOf(first), await statusOf(second)], ['active', 'scheduled']);
    await report(admin, 'delivered');
    while ((await takeOverReports(pool, { clock, prices: testPrices })) !== null);
    for (let n = 0; n < 5; n += 1) {
      while ((await takeTurn(pool, parts)) !== null);
      await clock.advance(1_000);
    }
    assert.deepEqual([await statusOf(first), await statusOf(second)], ['completed', 'active']);
  });

  it('wait for the attempt to be settled when a report comes before it', async () => {
    const list = await insertContacts(admin, 1);
    const campaignId = await insertCampaign(admin, clock.now(), {
      include: [list],
      definition: { maxAttempts: 3 },
    });
    await pass(5_000, false);
    await sendQueued(admin);
    await report(admin, 'undelivered', { errorCode: '30003' });
    assert.equal(await takeOverReports(pool, { clock, prices: testPrices }), null);
    assert.deepEqual(Object.values(await standing(campaignId)), ['queued']);
    await clock.advance(1_000);
    while ((await takeTurn(pool, testParts(clock))) !== null);
    await turns();
    assert.deepEqual(Object.values(await standing(campaignId)), ['held:retry_30003']);
  });

  it('follow reports of a campaign that nobody can read any more', async () => {
    const campaignId = await written(1);
    await admin.query(`UPDATE campaign SET definition = '{}', status = 'failed', due_at = NULL`);
    await report(admin, 'undelivered', { errorCode: '30003' });
    await follow();
    assert.deepEqual(Object.values(await standing(campaignId)), ['undelivered:30003']);
  });

  it('are each in one state, counted right, and never written to after they were reached, whatever is reported when', async () => {
    const list = await insertContacts(admin, 12);
    const phones = Array.from({ length: 12 }, (_, n) => `+1212555${String(n).padStart(4, '0')}`);
    const event = fc.oneof(
      fc.record({
        what: fc.constant('report' as const),
        outcome: fc.constantFrom('delivered', 'read', 'undelivered', 'failed', 'unconfirmed' as const),
        errorCode: fc.constantFrom('30003', '30006', '30008', '30022'),
        who: fc.subarray(phones),
      }),
      fc.record({ what: fc.constantFrom('turn', 'turn', 'follow', 'send', 'fail', 'post', 'reply') }),
      fc.record({ what: fc.constantFrom<CampaignCommand>('pause', 'resume', 'stop') }),
      fc.record({ what: fc.constant('pass' as const), minutes: fc.integer({ min: 1, max: 40 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 10, maxLength: 40 }), async (events) => {
        await admin.query(
          `DELETE FROM campaign; DELETE FROM campaign_contact; DELETE FROM campaign_count; DELETE FROM campaign_delivery;
           DELETE FROM phone; DELETE FROM message; DELETE FROM attempt; DELETE FROM outbox; DELETE FROM decision`,
        );
        clock = new ManualClock(MORNING);
        const parts = testParts(clock);
        const campaignId = await insertCampaign(admin, clock.now(), {
          include: [list],
          definition: { maxAttempts: 3, retryDelayMinutes: 20 },
        });
        for (const each of [{ what: 'turn' }, { what: 'turn' }, ...events] as (
          | (typeof events)[number]
          | { what: 'turn' }
        )[]) {
          if (each.what === 'report') {
            await report(admin, each.outcome, {
              errorCode: ['undelivered', 'failed'].includes(each.outcome) ? each.errorCode : null,
              phones: each.who,
            });
          } else if (each.what === 'pass') await clock.advance(each.minutes * MINUTE);
          else if (each.what === 'turn') {
            await clock.advance(1_000);
            await takeTurn(pool, parts);
          } else if (each.what === 'follow') await takeOverReports(pool, { clock, prices: testPrices });
          else if (each.what === 'send') await sendQueued(admin);
          else if (each.what === 'post') {
            await admin.query(`UPDATE message SET state = 'posting', attempts = 1 WHERE state = 'queued'`);
          } else if (each.what === 'fail') {
            await admin.query(
              `UPDATE message SET state = 'failed', attempts = 1, rule = '30500' WHERE state = 'posting'`,
            );
          } else if (each.what === 'reply') {
            await replies(campaignId, ANA);
          } else await tell(campaignId, each.what);
          assert.deepEqual(await wrongCounts(admin), []);
          const { rows: tooMany } = await admin.query(
            `SELECT phone_number FROM message WHERE state IN ('sent', 'failed', 'posting') GROUP BY 1 HAVING count(*) > 3`,
          );
          assert.deepEqual(tooMany, []);
          const { rows: open } = await admin.query(
            `SELECT phone_number FROM message WHERE state IN ('queued', 'posting') GROUP BY 1 HAVING count(*) > 1`,
          );
          assert.deepEqual(open, []);
        }
        // Whatever was reported is heard in the end.
        await sendQueued(admin);
        await admin.query(`UPDATE message SET state = 'sent', attempts = 1 WHERE state = 'posting'`);
        await tell(campaignId, 'stop');
        await pass(5_000, false);
        const { rows } = await admin.query<{ state: string; is_reached: boolean }>(
          `SELECT state, EXISTS (SELECT FROM campaign_delivery AS told WHERE told.contact_id = each.contact_id
                                    AND told.outcome IN ('delivered', 'read')) AS is_reached
             FROM campaign_contact AS each`,
        );
        for (const { is_reached, state } of rows) {
          assert.equal(state === 'delivered', is_reached, state);
          assert.ok(!['pending', 'held', 'queued'].includes(state), state);
        }
      }),
      { numRuns: runs(30) },
    );
  }).timeout(300_000);
});
