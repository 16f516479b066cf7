import assert from 'node:assert/strict';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import { HOUR_MS } from '#shared/compliance/instant.ts';
import { consentChange } from '#shared/consent/change.ts';
import { recordConsent } from '#shared/consent/record.ts';
import {
  type DialogEvent,
  type DialogEventBatch,
  dialogEventBatchSchema,
} from '#shared/contracts/dialog-events.ts';
import { readDecisions } from '#shared/decisions/read.ts';
import { drillsFrom } from '#shared/drills/drills.ts';
import { programmeFileSchema } from '#shared/drills/programme.ts';
import { batchIdOf, eventIdOf } from '#shared/identity.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
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
  /** It begins on a Monday at 7:00 in San Francisco: before the hours of planned messages. */
  let clock: ManualClock;
  const words = {
    defaultSender: ourNumber,
    organisation: 'Elm County',
    contact: 'help@example.org',
    carrierAnswersKeywords: false,
  };
  const openHands = programmeFileSchema.parse({
    slug: 'open-hands',
    name: 'Open Hands',
    company: 'Elm County Health',
    contact: 'care@example.org',
    drills: ['handwashing'],
    registration: 'open',
    senderNumbers: ['default'],
    defaultLanguage: 'en',
    timezone: 'America/New_York',
    intent: 'transactional',
  });
  const drills = drillsFrom({
    drills: [],
    programmes: [
      { ...openHands, senderNumbers: [ourNumber] },
      { ...openHands, slug: 'listed-hands', registration: 'contact list', senderNumbers: [] },
    ],
  });

  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
  });
  beforeEach(async () => {
    clock = new ManualClock();
    await emptyTables(
      pool,
      `message, phone, event_position, quarantined_record, decision, decision_inputs, consent_change,
       consent_standing, suppression`,
    );
  });
  after(() => database.drop());

  const apply = (tx: Transaction, batches: readonly DialogEventBatch[]) =>
    outboundConsumer(drills, words, clock, testPseudonyms, defaultGateConfig).apply(
      tx,
      batches.map((value, index) => ({
        value,
        sequenceNumber: String(index),
        partitionKey: value.phoneNumber,
        body: JSON.stringify(value),
        arrivedAt: new Date(0),
      })),
    );
  const process = (batches: readonly DialogEventBatch[]) => inTransaction(pool, (tx) => apply(tx, batches));
  const consents = (phone: string, more: object = {}) =>
    recordConsent(
      pool,
      consentChange({
        changeId: '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a10',
        phoneNumber: phoneNumber(phone),
        status: 'opted_in',
        method: 'sms',
        granted: ['informational'],
        requestedAt: new Date('2026-03-01T15:00:00Z'),
        cause: 'a test',
        ...more,
      }),
      { teller: null, now: clock.now(), pseudonyms: testPseudonyms },
    );
  const messages = async () =>
    (
      await pool.query<{ phone_number: string; ordinal: number; body: string; lane: string }>(
        'SELECT phone_number, ordinal, body, lane FROM message ORDER BY phone_number, ordinal',
      )
    ).rows.map((row) => `${row.phone_number} ${row.ordinal} ${row.lane} ${row.body}`);

  describe('that were planned', () => {
    const PHONE = '+14155550101';
    const eight = '2026-03-02T16:00:00.000Z';
    const rows = async () =>
      (
        await pool.query<{ body: string; state: string; rule: string | null; due_at: Date | null }>(
          'SELECT body, state, rule, due_at FROM message ORDER BY phone_number, ordinal',
        )
      ).rows.map(({ body, state, rule, due_at }) => [body, state, rule, due_at?.toISOString() ?? null]);
    const decided = async () =>
      (await readDecisions(pool, { phoneNumber: PHONE }, { after: null, limit: 100 })).map(
        ({ verdict, rule, until }) => [verdict, rule, until?.toISOString() ?? null],
      );

    it('wait from the beginning where they may not go yet, until they may, and get no turn', async () => {
      await consents(PHONE);
      const { entries } = await process([batchOf(PHONE, 1, ['a1', 'a2'], 'planned')]);
      assert.deepEqual(entries, []);
      assert.deepEqual(await rows(), [
        ['a1', 'held', 'quiet_hours', eight],
        ['a2', 'held', 'quiet_hours', eight],
      ]);
      assert.deepEqual(await decided(), [
        ['hold', 'quiet_hours', eight],
        ['hold', 'quiet_hours', eight],
      ]);
    });

    it('are blocked where they may never go, with the reason', async () => {
      const { entries } = await process([batchOf(PHONE, 1, ['a1'], 'planned')]);
      assert.deepEqual(entries, []);
      assert.deepEqual(await rows(), [['a1', 'blocked', 'no_consent', null]]);
      assert.deepEqual(await decided(), [['block', 'no_consent', null]]);
      const { rows: settled } = await pool.query('SELECT verdict FROM message WHERE settled_at IS NOT NULL');
      assert.deepEqual(settled, [{ verdict: 'block' }]);
    });

    it('are left to the claim where they may go, which decides and says so', async () => {
      await consents(PHONE);
      clock.skip(2 * HOUR_MS);
      const { entries } = await process([
        batchOf(PHONE, 1, ['a1'], 'planned'),
        batchOf('+14155550102', 1, ['b1'], 'planned'),
      ]);
      assert.deepEqual(
        entries.map(({ orderingKey }) => orderingKey),
        [PHONE],
      );
      assert.deepEqual(await rows(), [
        ['a1', 'queued', null, null],
        ['b1', 'blocked', 'no_consent', null],
      ]);
      assert.deepEqual(await decided(), []);
    });

    it('go by the time zone that comes with them', async () => {
      await consents(PHONE);
      const batch = batchOf(PHONE, 1, ['a1'], 'planned');
      await process([{ ...batch, profileAfter: { ...batch.profileAfter, timezone: 'America/Chicago' } }]);
      assert.deepEqual(await rows(), [['a1', 'queued', null, null]]);
    });

    it('are judged by as many statements for many as for one, and answers by none', async () => {
      const statements = (batches: readonly DialogEventBatch[]): Promise<number> =>
        inTransaction(pool, async (tx) => {
          let count = 0;
          const counting = new Proxy(tx, {
            get: (target, name) => {
              if (name === 'query') count += 1;
              const value: unknown = Reflect.get(target, name);
              return typeof value === 'function' ? value.bind(target) : value;
            },
          });
          await apply(counting, batches);
          return count;
        });
      const many = (kind: 'reply' | 'planned', version: number) =>
        Array.from({ length: 40 }, (_, n) => batchOf(`+141555501${10 + n}`, version, ['x', 'y'], kind));
      const one = await statements([batchOf(PHONE, 1, ['x'], 'planned')]);
      assert.equal(await statements(many('planned', 1)), one);
      // The facts, and the decisions.
      assert.equal(await statements(many('reply', 2)), one - 2);
    });
  });

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

  it('of a lesson that a campaign started say so, and are none of its own', async () => {
    const lessonCampaignId = '018f0000-0000-7000-8000-0000000000d1';
    await process([
      { ...batchOf('+14155550101', 1, ['a1', 'a2'], 'planned'), lessonCampaignId },
      batchOf('+14155550101', 2, ['a3']),
    ]);
    const { rows } = await pool.query(
      'SELECT body, campaign_id, lesson_campaign_id FROM message ORDER BY ordinal',
    );
    assert.deepEqual(rows.map(Object.values), [
      ['a1', null, lessonCampaignId],
      ['a2', null, lessonCampaignId],
      ['a3', null, null],
    ]);
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

    it('keep the consent that it is: to informational messages, once', async () => {
      await process([registered(1), batchOf('+14155550102', 1, ['b1'])]);
      await emptyTables(pool, `event_position`);
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

  describe('of an open programme', () => {
    const PHONE = '+14155550101';
    const eventsOf = (
      batch: DialogEventBatch,
      programmeSlug: string,
      events: readonly Pick<DialogEvent, 'type'>[],
    ): DialogEventBatch =>
      dialogEventBatchSchema.parse({
        ...batch,
        programmeSlug,
        events: events.map((event, index) => ({
          ...event,
          eventId: eventIdOf(batch.batchId, index),
          occurredAt: batch.occurredAt,
        })),
      });
    const asks = { type: 'NEXT_DRILL_REQUESTED' } as const;
    const back = { type: 'OPTED_BACK_IN', confirm: false } as const;
    const unheard = { type: 'UNHANDLED_MESSAGE_RECEIVED', message: 'who is this?' } as const;
    const texts = (version: number, events: readonly Pick<DialogEvent, 'type'>[], slug = 'open-hands') =>
      eventsOf(batchOf(PHONE, version, []), slug, events);
    const history = async () =>
      (await pool.query('SELECT status, granted, method, cause FROM consent_change ORDER BY position')).rows;

    it('keep the text that asks as consent to informational messages, once, and planned ones go', async () => {
      clock.skip(2 * HOUR_MS);
      await process([texts(1, [asks]), texts(2, [asks])]);
      await process([texts(3, [asks])]);
      assert.deepEqual(await history(), [
        {
          status: 'opted_in',
          granted: ['informational'],
          method: 'sms',
          cause: 'asked for a lesson of the programme open-hands, which is open to all',
        },
      ]);
      await process([batchOf(PHONE, 4, ['a1'], 'planned')]);
      const { rows } = await pool.query('SELECT state FROM message');
      assert.deepEqual(rows, [{ state: 'queued' }]);
    });

    it('keep none of a text that asks for nothing, and none where others enrol people', async () => {
      await process([texts(1, [unheard]), texts(2, [asks], 'listed-hands')]);
      assert.deepEqual(await history(), []);
      await process([batchOf(PHONE, 3, ['a1'], 'planned')]);
      const { rows } = await pool.query('SELECT state, rule FROM message');
      assert.deepEqual(rows, [{ state: 'blocked', rule: 'no_consent' }]);
    });

    it('take START for joining of somebody new, and for the service of before of who had stopped', async () => {
      await process([texts(1, [back, asks])]);
      assert.equal((await history()).length, 1);
      await emptyTables(pool, 'consent_change, consent_standing');
      await consents(PHONE, { status: 'opted_out', granted: [] });
      const changeId = '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a12';
      await consents(PHONE, { changeId, granted: [], requestedAt: clock.now() });
      await process([texts(2, [back, asks])]);
      assert.equal((await history()).length, 2);
      await process([texts(3, [asks])]);
      assert.equal((await history()).length, 3);
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
    await consents('+14155550101');
    clock.skip(2 * HOUR_MS);
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
