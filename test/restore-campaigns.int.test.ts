import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { campaignMessageId } from '#shared/identity.ts';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { takeTurn } from '../apps/campaigns/orchestrate.ts';
import {
  insertCampaign,
  insertContacts,
  insertSenders,
  MORNING,
  sendQueued,
  statesOf,
  testParts,
  wrongCounts,
} from '../apps/campaigns/test-campaigns.ts';
import { settleAfterRestore } from '../apps/ops/restore/settle.ts';

/** The database as it is after a restore to the moment before a campaign began, which had written to some by then. */
describe('A campaign, after the database was set back to before it began', () => {
  let database: TestDatabase;
  let pool: Pool;
  /** As the service has it. */
  let ofTurns: Pool;

  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
    ofTurns = createPool({ ...database.configFor('campaigns'), max: 2, pipeline: true }, () => undefined);
  });
  after(async () => {
    await ofTurns.end();
    await database.drop();
  });

  it('writes to nobody again whom the message log knows it wrote to, and counts them as written to', async () => {
    const clock = new ManualClock(MORNING);
    await insertSenders(pool, null, 1, { rate: 10 });
    const list = await insertContacts(pool, 5);
    const campaignId = await insertCampaign(pool, clock.now(), { include: [list] });
    const contacts = await pool.query<{ contact_id: string; phone_number: string }>(
      'SELECT contact_id, phone_number FROM contact ORDER BY phone_number',
    );
    const [first, second, third] = contacts.rows;
    assert.ok(first && second && third);
    // Of the third only a status came: its own record was lost with the outbox.
    for (const [each, direction] of [
      [first, 'outbound'],
      [second, 'outbound'],
      [third, null],
    ] as const) {
      await pool.query(
        `INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, our_number, body, message_id,
                                  attempt_id, segments, status, status_rank, status_at)
         VALUES ($1, 'twilio', 'SM' || $2, $3, $2, CASE WHEN $3::text IS NOT NULL THEN '+16465550101' END,
                 CASE WHEN $3::text IS NOT NULL THEN 'as it was said' END, $4, $5, 1, 'sent', 50, now())`,
        [
          randomUUID(),
          each.phone_number,
          direction,
          campaignMessageId(campaignId, each.contact_id, 0),
          randomUUID(),
        ],
      );
    }
    await pool.query(
      `INSERT INTO inbound_watch (carrier, alive_at, swept_at) VALUES ('twilio', now(), now() + interval '1 hour')`,
    );
    const window = { since: new Date(Date.now() - 3_600_000), until: new Date() };
    assert.deepEqual(await settleAfterRestore(pool, window), { known: 3, doubted: 0 });
    const parts = testParts(clock);
    const turns = async (): Promise<void> => {
      for (let second = 0; second < 30; second += 1) {
        while ((await takeTurn(ofTurns, parts)) !== null);
        await clock.advance(1_000);
      }
    };
    await turns();
    assert.equal(await sendQueued(pool), 2, 'only who was not written to is');
    await turns();
    assert.deepEqual(await statesOf(pool, campaignId), { sent: 5 });
    assert.deepEqual(await wrongCounts(pool), []);
    const { rows } = await pool.query(
      `SELECT body, count(*)::int AS n, bool_and(campaign_id = $1 AND cause_id IN (SELECT contact_id FROM contact)) AS ours
         FROM message WHERE rule = 'sent_before_restore' GROUP BY body ORDER BY n`,
      [campaignId],
    );
    assert.deepEqual(
      rows.map(({ n, ours }) => ({ n, ours })),
      [
        { n: 1, ours: true },
        { n: 2, ours: true },
      ],
    );
    assert.equal(rows[1]?.body, 'as it was said');
    assert.match(String(rows[0]?.body), /the clinic is open/);
    const { rows: paid } = await pool.query('SELECT segments::int AS segments FROM campaign_spend');
    assert.deepEqual(paid, [{ segments: 5 }]);
  });
});
