import assert from 'node:assert/strict';
import { consentChange } from '#shared/consent/change.ts';
import { recordConsent } from '#shared/consent/record.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { drillsFrom } from '#shared/drills/drills.ts';
import { batchIdOf, eventIdOf } from '#shared/identity.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { outboundConsumer } from './follow-events.ts';

const ourNumber = phoneNumber('+14155550199');

/** One batch that sends `bodies` as messages of their own. */
function batchOf(
  phone: string,
  version: number,
  bodies: string[],
  kind: 'reply' | 'planned' = 'reply',
): DialogEventBatch {
  const commandId = `00000000-0000-4000-8000-${phone.slice(-4)}${String(version).padStart(8, '0')}`;
  const profile = {
    validated: true,
    optedOut: false,
    isDemo: false,
    name: null,
    language: 'en',
    timezone: null,
    accountInfo: {},
    answers: {},
  };
  return {
    schemaVersion: 1,
    batchId: batchIdOf(commandId),
    commandId,
    phoneNumber: phoneNumber(phone),
    version,
    occurredAt: '2026-03-02T15:00:00.000Z',
    programmeSlug: null,
    origin:
      kind === 'reply'
        ? { kind, senderNumber: ourNumber, receivedAt: '2026-03-02T15:00:00.000Z' }
        : { kind, senderNumber: null, intent: 'transactional' },
    profileBefore: profile,
    profileAfter: profile,
    events: bodies.map((body, index) => ({
      type: 'AD_HOC_MESSAGE_SENT',
      eventId: eventIdOf(batchIdOf(commandId), index),
      occurredAt: '2026-03-02T15:00:00.000Z',
      body,
      mediaUrl: null,
    })),
  };
}

describe('Events that become messages', () => {
  let database: TestDatabase;
  let pool: Pool;
  const consumer = outboundConsumer(
    drillsFrom({ drills: [], programmes: [] }),
    {
      defaultSender: ourNumber,
      organisation: 'Elm County',
      contact: 'help@example.org',
      carrierAnswersKeywords: false,
    },
    new ManualClock(),
    testPseudonyms,
  );

  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
  });
  beforeEach(() => pool.query('TRUNCATE message, phone, event_position, quarantined_record'));
  after(() => database.drop());

  const process = (batches: readonly DialogEventBatch[]) =>
    inTransaction(pool, (tx) =>
      consumer.apply(
        tx,
        batches.map((value, index) => ({
          value,
          sequenceNumber: String(index),
          partitionKey: value.phoneNumber,
          body: JSON.stringify(value),
          arrivedAt: new Date(0),
        })),
      ),
    );
  const messages = async () =>
    (
      await pool.query<{ phone_number: string; ordinal: number; body: string; lane: string }>(
        'SELECT phone_number, ordinal, body, lane FROM message ORDER BY phone_number, ordinal',
      )
    ).rows.map((row) => `${row.phone_number} ${row.ordinal} ${row.lane} ${row.body}`);

  it('get ordinals per phone in the order of events, across batches', async () => {
    await process([
      batchOf('+14155550101', 1, ['a1', 'a2']),
      batchOf('+14155550102', 1, ['b1']),
      batchOf('+14155550101', 2, ['a3']),
    ]);
    await process([batchOf('+14155550101', 3, ['a4'], 'planned')]);
    assert.deepEqual(await messages(), [
      '+14155550101 1 replies a1',
      '+14155550101 2 replies a2',
      '+14155550101 3 replies a3',
      '+14155550101 4 bulk a4',
      '+14155550102 1 replies b1',
    ]);
  });

  it('say when the text came that they answer, and which of them opens the answer', async () => {
    await process([batchOf('+14155550101', 1, ['a1', 'a2']), batchOf('+14155550101', 2, ['a3'], 'planned')]);
    const { rows } = await pool.query<{ caused_at: Date | null; opens_batch: boolean }>(
      'SELECT caused_at, opens_batch FROM message ORDER BY ordinal',
    );
    assert.deepEqual(
      rows.map((row) => [row.caused_at?.toISOString() ?? null, row.opens_batch]),
      [
        ['2026-03-02T15:00:00.000Z', true],
        ['2026-03-02T15:00:00.000Z', false],
        [null, true],
      ],
    );
  });

  describe('of a registration', () => {
    const registered = (version: number): DialogEventBatch => {
      const batch = batchOf('+14155550101', version, []);
      const codeValidation = {
        valid: true as const,
        isDemo: false,
        accountInfo: {},
        programmeSlug: 'clean-hands',
      };
      const eventId = eventIdOf(batch.batchId, 0);
      return {
        ...batch,
        events: [{ type: 'USER_VALIDATED', eventId, occurredAt: batch.occurredAt, codeValidation }],
      };
    };
    const standing = async () =>
      (
        await pool.query<{ status: string; granted: string[] }>(
          `SELECT status, ARRAY(SELECT jsonb_array_elements_text(consents -> 0 -> 'granted')) AS granted
             FROM consent_standing WHERE phone_number = '+14155550101'`,
        )
      ).rows;

    beforeEach(() => pool.query('TRUNCATE consent_change, consent_standing, suppression CASCADE'));

    it('keep the consent that it is: to informational messages, once', async () => {
      await process([registered(1), batchOf('+14155550102', 1, ['b1'])]);
      await pool.query(`TRUNCATE event_position`);
      await process([registered(1)]);
      assert.deepEqual(await standing(), [{ status: 'opted_in', granted: ['informational'] }]);
      const { rowCount } = await pool.query('SELECT FROM consent_change');
      assert.equal(rowCount, 1);
    });

    it('keep a STOP that was texted since as it is', async () => {
      const stop = consentChange({
        changeId: '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11',
        phoneNumber: phoneNumber('+14155550101'),
        status: 'opted_out',
        method: 'sms',
        requestedAt: new Date('2026-03-02T15:00:01.000Z'),
        cause: 'a test',
      });
      await recordConsent(pool, stop, { teller: null, now: stop.requestedAt, pseudonyms: testPseudonyms });
      await process([registered(1)]);
      // It counts again, as far as the service goes, when they come back.
      assert.deepEqual(await standing(), [{ status: 'opted_out', granted: ['informational'] }]);
      const { rowCount } = await pool.query('SELECT FROM suppression');
      assert.equal(rowCount, 1);
    });
  });

  it('put the time zone of a person on the row of their phone, also when nothing is sent', async () => {
    const moved = batchOf('+14155550101', 1, []);
    const profileAfter = { ...moved.profileAfter, timezone: 'America/Denver' };
    const event = {
      type: 'USER_UPDATED',
      profile: { timezone: 'America/Denver' },
      purgeDrillState: false,
    } as const;
    const { occurredAt } = moved;
    const eventId = eventIdOf(moved.batchId, 0);
    await process([{ ...moved, profileAfter, events: [{ ...event, eventId, occurredAt }] }]);
    const { rows } = await pool.query('SELECT time_zone, last_ordinal FROM phone');
    assert.deepEqual(rows, [{ time_zone: 'America/Denver', last_ordinal: 0 }]);
  });

  it('give each batch one turn in the queue of its lane, with an id of its own', async () => {
    const { entries } = await process([
      batchOf('+14155550101', 1, ['a1', 'a2']),
      batchOf('+14155550101', 2, ['a3'], 'planned'),
    ]);
    assert.deepEqual(
      entries.map(({ target, orderingKey }) => [target, orderingKey]),
      [
        ['sms-replies.fifo', '+14155550101'],
        ['sms-bulk.fifo', '+14155550101'],
      ],
    );
    const ids = entries.map((entry) => (entry.kind === 'queue' ? entry.deduplicationId : ''));
    assert.equal(new Set(ids).size, 2);
    assert.ok(ids.every((id) => id.endsWith(':0') && id.length <= 128));
  });

  it('are written once when the same batches are read again', async () => {
    const batches = [batchOf('+14155550101', 1, ['a1']), batchOf('+14155550101', 2, ['a2'])];
    await process(batches);
    const { entries } = await process(batches);
    assert.deepEqual(entries, []);
    assert.equal((await messages()).length, 2);
  });

  it('wait behind a version that is missing, and follow by themselves when it comes', async () => {
    const [first, second, third] = [1, 2, 3].map((version) =>
      batchOf('+14155550101', version, [`a${version}`]),
    );
    assert.ok(first && second && third);
    await process([first]);
    const { setAside } = await process([third, batchOf('+14155550102', 1, ['b1'])]);
    assert.deepEqual(
      setAside?.map(({ state, version }) => [state, version]),
      [['parked', 3]],
    );
    // What the machinery does with records that are set aside.
    await pool.query(
      `INSERT INTO quarantined_record (consumer, source, shard, sequence_number, partition_key, state, reason,
                                       version, body, arrived_at)
       VALUES ('outbound', 'dialog-events', 's', '3', '+14155550101', 'parked', 'gap', 3, $1, now())`,
      [JSON.stringify(third)],
    );
    assert.deepEqual(await messages(), ['+14155550101 1 replies a1', '+14155550102 1 replies b1']);
    await process([second]);
    assert.deepEqual((await messages()).slice(0, 3), [
      '+14155550101 1 replies a1',
      '+14155550101 2 replies a2',
      '+14155550101 3 replies a3',
    ]);
    const { rows } = await pool.query<{ state: string }>('SELECT state FROM quarantined_record');
    assert.deepEqual(rows, [{ state: 'redriven' }]);
  });
});
