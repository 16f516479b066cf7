import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import { HOUR_MS } from '#shared/compliance/instant.ts';
import { eventually } from '#test/eventually.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { claim } from './claim.ts';

/** Area code 415: it is night there. */
const PHONE = '+14155550101';
const NIGHT = new Date('2026-03-05T05:00:00Z');

describe('A claim', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  it('that waited for a phone knows what time it is when it has it: an answer that was written meanwhile goes', async () => {
    const clock = new ManualClock(NIGHT);
    const admin = database.adminPool;
    await admin.query(
      `INSERT INTO inbound_watch (carrier, alive_at) VALUES ('twilio', clock_timestamp() + interval '1 hour');
       INSERT INTO phone (phone_number) VALUES ('${PHONE}')`,
    );
    const other = await admin.connect();
    try {
      await other.query('BEGIN');
      await other.query('SELECT FROM phone WHERE phone_number = $1 FOR UPDATE', [PHONE]);
      const claimed = claim(admin, {
        phones: [PHONE],
        carrier: 'twilio',
        channel: 'sms',
        gate: defaultGateConfig,
        pseudonyms: testPseudonyms,
        clock,
        inboundDoubtMs: 60_000,
        newId: randomUUID,
      });
      await eventually(async () => {
        const { rowCount } = await admin.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        assert.equal(rowCount, 1);
      });
      clock.skip(HOUR_MS);
      await other.query(
        `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id,
                              created_at, caused_at)
         VALUES ($1, $2, 1, 'replies', 'reply', '+14155550100', 'An answer', $1, $1, $3, $3)`,
        [randomUUID(), PHONE, clock.now()],
      );
      await other.query('COMMIT');
      const result = await claimed;
      assert.ok(result.kind === 'claimed');
      assert.deepEqual([result.claimed.map(({ message }) => message.body), result.held], [['An answer'], 0]);
    } finally {
      other.release();
    }
  });
});
