import assert from 'node:assert/strict';
import { dialogCommandSchema } from '#shared/contracts/dialog-commands.ts';
import {
  type DialogEvent,
  type DialogEventBatch,
  dialogEventBatchSchema,
} from '#shared/contracts/dialog-events.ts';
import { type Drill, drillSchema } from '#shared/contracts/drill.ts';
import { drillsFrom } from '#shared/drills/drills.ts';
import { programmeFileSchema } from '#shared/drills/programme.ts';
import { batchIdOf, drillInstanceIdOf, drillStartCommandId, eventIdOf } from '#shared/identity.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { progressConsumer } from './follow-events.ts';

const ana = phoneNumber('+14155550101');
const bo = phoneNumber('+14155550102');
const ourNumber = phoneNumber('+14155550199');
const programme = {
  ...programmeFileSchema.parse({
    slug: 'clean-hands',
    name: 'Clean Hands',
    company: 'Elm County Health',
    contact: 'care@example.org',
    drills: ['one', 'two'],
    registration: 'open',
    senderNumbers: ['default'],
    defaultLanguage: 'en',
    timezone: 'America/New_York',
    intent: 'transactional',
    delivery: { time: '10:00', spreadMinutes: 0 },
  }),
  senderNumbers: [ourNumber],
};
const [one, two] = ['one', 'two'].map(
  (slug): Drill =>
    drillSchema.parse({
      slug,
      name: slug,
      version: 1,
      defaultLanguage: 'en',
      prompts: [{ slug: 'p', messages: [{ text: { en: 'Hi' } }] }],
    }),
);
assert.ok(one && two);
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

type Body<E> = E extends DialogEvent ? Omit<E, 'eventId' | 'occurredAt'> : never;
type EventBody = Body<DialogEvent>;

const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 21, 15, 0, seconds)).toISOString();

/** A batch of a phone, at as many seconds as its version says. */
function batchOf(phone: string, version: number, ...events: EventBody[]): DialogEventBatch {
  const commandId = `00000000-0000-4000-8000-${phone.slice(-4)}${String(version).padStart(8, '0')}`;
  const batchId = batchIdOf(commandId);
  return dialogEventBatchSchema.parse({
    schemaVersion: 1,
    batchId,
    commandId,
    phoneNumber: phone,
    version,
    occurredAt: at(version),
    programmeSlug: 'clean-hands',
    origin: { kind: 'reply', senderNumber: ourNumber, receivedAt: at(version) },
    profileBefore: profile,
    profileAfter: profile,
    events: events.map((event, index) => ({
      ...event,
      eventId: eventIdOf(batchId, index),
      occurredAt: at(version),
    })),
  });
}

/** The instance of the drill that is asked for because of a batch. */
const instanceOf = (batch: DialogEventBatch, slug: string): string =>
  drillInstanceIdOf(drillStartCommandId(batch.phoneNumber, slug, batch.batchId));

const more: EventBody = { type: 'NEXT_DRILL_REQUESTED' };
const optedOut: EventBody = { type: 'OPTED_OUT', drillInstanceId: null, confirm: true };
const validated: EventBody = {
  type: 'USER_VALIDATED',
  codeValidation: { valid: true, isDemo: false, accountInfo: {}, programmeSlug: 'clean-hands' },
};
const started = (drill: Drill, drillInstanceId: string): EventBody => ({
  type: 'DRILL_STARTED',
  drill,
  firstPrompt: drill.prompts[0] ?? assert.fail('a drill has prompts'),
  drillInstanceId,
  replacedDrillInstanceId: null,
});
const completed = (drillInstanceId: string): EventBody => ({
  type: 'DRILL_COMPLETED',
  drillInstanceId,
  lastPromptResponse: null,
});

describe('Progress through PostgreSQL', () => {
  let database: TestDatabase;
  let pool: Pool;
  const consumer = progressConsumer(
    drillsFrom({ drills: [one, two], programmes: [programme] }),
    testPseudonyms,
  );

  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
  });
  beforeEach(() => emptyTables(pool, 'drill_progress, participant, event_position, quarantined_record'));
  after(() => database.drop());

  /** As the stream brings them: one transaction. Returns what is asked of the dialog, in a word each. */
  const process = (...batches: DialogEventBatch[]): Promise<string[]> =>
    inTransaction(pool, async (tx) => {
      const { entries } = await consumer.apply(
        tx,
        batches.map((value, index) => ({
          value,
          sequenceNumber: String(index),
          partitionKey: value.phoneNumber,
          body: JSON.stringify(value),
          arrivedAt: new Date(0),
        })),
      );
      return entries.map(({ body }) => {
        const command = dialogCommandSchema.parse(JSON.parse(body));
        const what = command.type === 'START_DRILL' ? command.payload.drillSlug : command.type;
        return `${command.phoneNumber} ${what}`;
      });
    });

  /** Rows with their instants as seconds: requested, started, completed, told that there is nothing more. */
  const progress = async () => {
    const { rows } = await pool.query<{ slug: string; phone: string; instance: string; at: string[] }>(
      `SELECT phone_number AS phone, drill_slug AS slug, drill_instance_id AS instance,
              ARRAY[requested_at, started_at, completed_at, nothing_more_at] AS at
         FROM drill_progress ORDER BY phone_number, drill_slug`,
    );
    return rows.map(({ phone, slug, instance, at: instants }) => {
      const seconds = instants.map((instant) => (instant === null ? '-' : new Date(instant).getUTCSeconds()));
      return { phone, slug, instance, at: seconds.join(' ') };
    });
  };
  const stages = async () =>
    (await progress()).map(({ phone, slug, at: stage }) => `${phone} ${slug} ${stage}`);

  it('is written, read again, changed and kept, from the first request to the closing word', async () => {
    const ask = batchOf(ana, 1, more);
    const instance = instanceOf(ask, 'one');
    assert.deepEqual(await process(ask), [`${ana} one`]);
    assert.deepEqual(await progress(), [{ phone: ana, slug: 'one', instance, at: '1 - - -' }]);
    assert.deepEqual(await process(batchOf(ana, 2, started(one, instance))), []);
    assert.deepEqual(await process(batchOf(ana, 3, completed(instance))), []);
    assert.deepEqual(await stages(), [`${ana} one 1 2 3 -`]);
    const askAgain = batchOf(ana, 4, more);
    const second = instanceOf(askAgain, 'two');
    assert.deepEqual(await process(askAgain), [`${ana} two`]);
    await process(batchOf(ana, 5, started(two, second), completed(second)));
    assert.deepEqual(await process(batchOf(ana, 6, more)), [`${ana} SEND_AD_HOC_MESSAGE`]);
    assert.deepEqual(await process(batchOf(ana, 7, more)), []);
    assert.deepEqual(await stages(), [`${ana} one 1 2 3 -`, `${ana} two 4 5 5 6`]);
  });

  it('stays as it is, and asks for nothing, when the same batches are read again', async () => {
    const ask = batchOf(ana, 1, more);
    const batches = [ask, batchOf(ana, 2, started(one, instanceOf(ask, 'one'))), batchOf(bo, 1, more)];
    assert.deepEqual(await process(...batches), [`${ana} one`, `${bo} one`]);
    const before = await progress();
    assert.deepEqual(await process(...batches), []);
    assert.deepEqual(await progress(), before);
  });

  it('shows a batch what the one before it did in the same transaction, per phone', async () => {
    const ask = batchOf(ana, 1, more);
    const instance = instanceOf(ask, 'one');
    const commands = await process(
      ask,
      batchOf(bo, 1, more),
      batchOf(ana, 2, started(one, instance), completed(instance)),
      batchOf(bo, 2, more),
      batchOf(ana, 3, more),
    );
    assert.deepEqual(commands, [`${ana} one`, `${bo} one`, `${ana} two`]);
    assert.deepEqual(await stages(), [`${ana} one 1 2 2 -`, `${ana} two 3 - - -`, `${bo} one 1 - - -`]);
  });

  it('begins anew after a registration, only for who registered', async () => {
    for (const phone of [ana, bo]) {
      const ask = batchOf(phone, 1, more);
      const instance = instanceOf(ask, 'one');
      await process(
        ask,
        batchOf(phone, 2, started(one, instance), completed(instance)),
        batchOf(phone, 3, more),
      );
    }
    const registration = batchOf(ana, 4, validated);
    assert.deepEqual(await process(registration), [`${ana} one`]);
    assert.deepEqual(await stages(), [`${ana} one 4 - - -`, `${bo} one 1 2 2 -`, `${bo} two 3 - - -`]);
    assert.equal((await progress())[0]?.instance, instanceOf(registration, 'one'));
  });

  it('loses a start on its way when the person stops, so that it may be asked for at once', async () => {
    await process(batchOf(ana, 1, more), batchOf(bo, 1, more));
    assert.deepEqual(await process(batchOf(ana, 2, optedOut)), []);
    assert.deepEqual(await stages(), [`${bo} one 1 - - -`]);
    assert.deepEqual(await process(batchOf(ana, 3, more)), [`${ana} one`]);
  });

  /** Per person: how they came in, the question that waits, the reminder and the next start, as they are stored. */
  const participants = async () => {
    const { rows } = await pool.query<Record<string, Date | string | null>>(
      `SELECT phone_number, enrolled_by, prompt_slug, remind_at, next_start_at, completed_at FROM participant
        ORDER BY phone_number`,
    );
    return rows.map((row) =>
      Object.values(row)
        .map((value) => (value instanceof Date ? value.toISOString().slice(5, 19) : (value ?? '-')))
        .join(' '),
    );
  };

  it('keeps who takes part, what they were asked and what is due, over batches and transactions', async () => {
    const ask = batchOf(ana, 1, more);
    const instance = instanceOf(ask, 'one');
    await process(ask, batchOf(ana, 2, started(one, instance)), batchOf(bo, 1, validated));
    assert.deepEqual(await participants(), [
      `${ana} text p 11-21T19:00:02 11-22T15:00:00 -`,
      `${bo} code - - 11-22T15:00:00 -`,
    ]);
    await process(ask, batchOf(ana, 2, started(one, instance)));
    const stop = { ...batchOf(bo, 2, optedOut), profileAfter: { ...profile, optedOut: true } };
    await process(batchOf(ana, 3, completed(instance)), stop);
    assert.deepEqual(await participants(), [`${ana} text - - 11-22T15:00:00 -`, `${bo} code - - - -`]);
    const second = batchOf(ana, 4, more);
    const last = instanceOf(second, 'two');
    await process(second, batchOf(ana, 5, started(two, last), completed(last)));
    assert.deepEqual((await participants())[0], `${ana} text - - - 11-21T15:00:05`);
  });

  it('reads and writes as many rows in as many statements for many people as for one', async () => {
    const phones = Array.from({ length: 200 }, (_, n) => `+1415555${String(n).padStart(4, '0')}`);
    const counted = async (batches: DialogEventBatch[]): Promise<number> => {
      let statements = 0;
      await inTransaction(pool, async (tx) => {
        const counting = {
          query: ((...given: Parameters<typeof tx.query>) => {
            statements += 1;
            return tx.query(...given);
          }) as typeof tx.query,
        };
        await consumer.apply(
          counting as typeof tx,
          batches.map((value, index) => ({
            value,
            sequenceNumber: String(index),
            partitionKey: value.phoneNumber,
            body: JSON.stringify(value),
            arrivedAt: new Date(0),
          })),
        );
      });
      return statements;
    };
    const alone = await counted([batchOf(ana, 1, more)]);
    const many = phones.filter((phone) => phone !== ana).map((phone) => batchOf(phone, 1, more));
    assert.equal(await counted(many), alone);
    assert.equal((await participants()).length, 200);
  });

  it('has no rows of a person whose batches name no programme', async () => {
    assert.deepEqual(await process({ ...batchOf(ana, 1, more), programmeSlug: null }), []);
    assert.deepEqual([await progress(), await participants()], [[], []]);
  });
});
