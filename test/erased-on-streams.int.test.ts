import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import { type DialogEventBatch, dialogEventBatchSchema } from '#shared/contracts/dialog-events.ts';
import { drillsFrom } from '#shared/drills/drills.ts';
import { erasePerson } from '#shared/erasure/erase.ts';
import type { StreamConsumerDefinition } from '#shared/kinesis/definition.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { dialogConsumer } from '../apps/dialog/handle-commands.ts';
import { inboundLogConsumer, logConsumer } from '../apps/log/persist.ts';
import { outboundConsumer } from '../apps/outbound/follow-events.ts';

const PERSON = phoneNumber('+14155550101');
const OURS = phoneNumber('+14155550199');
const SECRET = 'Rosalind';

/** What was on its way on the streams when somebody was erased; the consumers' own code, records in a list. */
describe('Of somebody who was erased, what was said before and arrives after', () => {
  let database: TestDatabase;
  let pool: Pool;
  let clock: ManualClock;
  const drills = drillsFrom({ drills: [], programmes: [] });
  const parts = { logger: silentLogger, metrics: noMetrics, pseudonyms: testPseudonyms };

  beforeEach(async () => {
    database = await createDatabase();
    pool = database.adminPool;
    clock = new ManualClock();
  });
  afterEach(() => database.drop());

  const dialog = () =>
    dialogConsumer({ drills, clock, ...parts, defaultSender: OURS, defaultLanguage: 'en' });
  const outbound = () =>
    outboundConsumer(
      drills,
      {
        defaultSender: OURS,
        organisation: 'Elm County',
        contact: 'h@example.org',
        carrierAnswersKeywords: false,
      },
      clock,
      testPseudonyms,
      defaultGateConfig,
    );
  let sequence = 0;
  async function feed<T>(consumer: StreamConsumerDefinition<T>, record: object): Promise<DialogEventBatch[]> {
    sequence += 1;
    const body = JSON.stringify(record);
    const { entries, setAside } = await inTransaction(pool, (tx) =>
      consumer.apply(tx, [
        {
          value: consumer.parse(body),
          body,
          partitionKey: PERSON,
          sequenceNumber: String(sequence),
          arrivedAt: clock.now(),
        },
      ]),
    );
    assert.deepEqual(setAside ?? [], []);
    return entries.flatMap((entry) =>
      entry.target === 'dialog-events' ? [dialogEventBatchSchema.parse(JSON.parse(entry.body))] : [],
    );
  }
  const text = (body: string): DialogCommand => ({
    type: 'INBOUND_SMS',
    commandId: randomUUID(),
    phoneNumber: PERSON,
    occurredAt: clock.now().toISOString(),
    payload: {
      ...{ from: PERSON, to: OURS, body, media: [], carrier: 'twilio', consent: null },
      carrierMessageId: `SM${randomUUID()}`,
      receivedAt: clock.now().toISOString(),
    },
  });
  const erase = () =>
    erasePerson(pool, { phone: PERSON, reason: 'asked', by: 'ann', pseudonyms: testPseudonyms, clock });
  const everywhere = async (word: string): Promise<string[]> => {
    const found: string[] = [];
    for (const table of [
      'dialog_state',
      'dialog_event_batch',
      'message',
      'message_log',
      'phone',
      'event_position',
    ]) {
      const { rowCount } = await pool.query(
        `SELECT FROM ${table} AS row WHERE position($1 IN row::text) > 0 LIMIT 1`,
        [word],
      );
      if (rowCount) found.push(table);
    }
    return found;
  };

  it('is not followed by the dialog; what is said after begins a new dialog', async () => {
    const [first] = await feed(dialog(), text(`I am ${SECRET}`));
    assert.equal(first?.version, 1);
    const late = text(`call me ${SECRET}`);
    clock.advance(1_000);
    await erase();
    assert.deepEqual(await feed(dialog(), late), []);
    assert.deepEqual(await everywhere(SECRET), []);
    // Also when its stream is read again.
    clock.advance(1_000);
    assert.deepEqual(await feed(dialog(), late), []);
    const [next] = await feed(dialog(), text('hello'));
    assert.equal(next?.version, 2);
    assert.equal(next?.profileBefore.name, null);
  });

  it('becomes no message; a new dialog is followed from where the old one ended', async () => {
    const [first] = await feed(dialog(), text('hello'));
    const [second] = await feed(dialog(), { ...text('HELP'), ...helpOf(text('HELP')) });
    assert.ok(first && second);
    await feed(outbound(), first);
    clock.advance(1_000);
    await erase();
    await feed(outbound(), second);
    assert.deepEqual((await pool.query('SELECT FROM message')).rowCount, 0);
    clock.advance(1_000);
    const [third] = await feed(dialog(), helpOf(text('HELP')));
    assert.ok(third);
    await feed(outbound(), third);
    assert.deepEqual((await pool.query('SELECT FROM message')).rowCount, 1);
  });

  const helpOf = (command: DialogCommand): object => ({
    ...command,
    payload: { ...command.payload, consent: 'help' },
  });

  const sent = (at: Date) => ({
    ...{ type: 'OUTBOUND_SMS', messageId: randomUUID(), attemptId: randomUUID(), carrier: 'twilio' },
    ...{
      carrierMessageId: 'SM5',
      phoneNumber: PERSON,
      senderNumber: OURS,
      body: `Hi ${SECRET}`,
      mediaUrls: [],
    },
    ...{ status: 'queued', errorCode: null, segments: 1, sentAt: at.toISOString() },
  });

  it('is counted by the log under the hash, without its words, in any order', async () => {
    await feed(inboundLogConsumer({ ...parts, withinDays: 30 }), text('hello'));
    const before = clock.now();
    const late = text(`I am ${SECRET}`);
    clock.advance(1_000);
    await erase();
    clock.advance(1_000);
    await feed(logConsumer(parts), {
      ...{ type: 'STATUS_UPDATE', carrier: 'twilio', carrierMessageId: 'SM5', status: 'undelivered' },
      ...{ errorCode: '30005', attemptId: null, messageId: null, phoneNumber: PERSON },
      receivedAt: clock.now().toISOString(),
    });
    await feed(logConsumer(parts), sent(before));
    await feed(inboundLogConsumer({ ...parts, withinDays: 30 }), late);
    const { rows } = await pool.query('SELECT DISTINCT phone_number, body FROM message_log');
    assert.deepEqual(rows, [{ phone_number: testPseudonyms.of(PERSON), body: '' }]);
    const faults = await pool.query('SELECT phone_number FROM number_fault');
    assert.deepEqual(faults.rows, [{ phone_number: testPseudonyms.of(PERSON) }]);
    // What they say from now on is theirs again.
    clock.advance(1_000);
    await feed(inboundLogConsumer({ ...parts, withinDays: 30 }), text('hello again'));
    const after = await pool.query('SELECT body FROM message_log WHERE phone_number = $1', [PERSON]);
    assert.deepEqual(after.rows, [{ body: 'hello again' }]);
  });
});
