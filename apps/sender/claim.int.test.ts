import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import { HOUR_MS } from '#shared/compliance/instant.ts';
import { claim } from '#shared/sending/claim.ts';
import { eventually } from '#test/eventually.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';

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
        heard: ['twilio'],
        phones: [PHONE],
        carrier: 'twilio',
        channel: 'sms',
        gate: defaultGateConfig,
        pseudonyms: testPseudonyms,
        clock,
        inboundDoubtMs: 60_000,
        pacing: null,
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

  it('of a text does not wait for a call on its way to the same phone, and waits for a text; the same of a call', async () => {
    const admin = database.adminPool;
    const phone = '+14155550102';
    const changeId = randomUUID();
    await admin.query(
      `INSERT INTO inbound_watch (carrier, alive_at) VALUES ('twilio', clock_timestamp() + interval '1 hour') ON CONFLICT DO NOTHING`,
    );
    await admin.query('INSERT INTO phone (phone_number) VALUES ($1)', [phone]);
    await admin.query(
      `INSERT INTO consent_standing (phone_number, scope, status, consents, change_id, requested_at)
       VALUES ($1, 'sender', 'opted_in', $2, $3, '2026-01-01')`,
      [
        phone,
        JSON.stringify([
          {
            changeId,
            granted: ['informational', 'marketing_in_writing', 'artificial_voice'],
            givenAt: '2026-01-01T00:00:00.000Z',
          },
        ]),
        changeId,
      ],
    );
    await admin.query(
      `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id,
                            created_at, caused_at, channel)
       SELECT gen_random_uuid(), $1, ordinal, 'replies', 'reply', '+14155550100', channel, $2, $2, $3, $3, channel
         FROM (VALUES (1, 'voice'), (2, 'sms')) AS planned(ordinal, channel)`,
      [phone, changeId, NIGHT],
    );
    const claimOf = async (channel: 'sms' | 'voice') => {
      const result = await claim(admin, {
        heard: ['twilio'],
        phones: [phone],
        carrier: 'twilio',
        channel,
        gate: defaultGateConfig,
        pseudonyms: testPseudonyms,
        clock: { now: () => NIGHT },
        inboundDoubtMs: 60_000,
        pacing: null,
        newId: randomUUID,
      });
      return result.kind === 'claimed' ? result : assert.fail('nobody is in doubt');
    };
    const call = await claimOf('voice');
    assert.equal(call.claimed.length, 1);
    assert.deepEqual((await claimOf('voice')).others.get(phone), { kind: 'busy' });
    const text = await claimOf('sms');
    assert.deepEqual(
      text.claimed.map(({ message }) => message.body),
      ['sms'],
    );
    assert.deepEqual((await claimOf('sms')).others.get(phone), { kind: 'busy' });
  });
});
