import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nextAllowed } from '#shared/compliance/gate.ts';
import { DAY_MS } from '#shared/compliance/local-day.ts';
import { readConfig } from '#shared/config.ts';
import { type DialogCommand, dialogCommandSchema } from '#shared/contracts/dialog-commands.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { DialogState } from '#shared/contracts/dialog-state.ts';
import { drillSchema } from '#shared/contracts/drill.ts';
import { executeBatch } from '#shared/dialog/execute-batch.ts';
import { factsOf } from '#shared/dialog/facts.ts';
import { appendBatches } from '#shared/dialog/store.ts';
import { drillsFrom } from '#shared/drills/drills.ts';
import { type Programme, programmeFileSchema } from '#shared/drills/programme.ts';
import { gateConfigFrom, gateSettings } from '#shared/gate/settings.ts';
import { messageIdOf } from '#shared/identity.ts';
import { writeShardOutbox } from '#shared/outbox/write.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { senderAddress } from '#shared/phone/sender-address.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { rebuildPeople } from '#shared/progress/rebuild-store.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { runs } from '#test/properties/runs.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { progressConsumer } from './follow-events.ts';
import { armAnew, type Due, type DueParts, takeDue } from './take-due.ts';

const HOUR = 3_600_000;
const START = new Date('2026-10-30T15:00:00Z');
const ourNumber = phoneNumber('+14155550199');
const people = ['+14155550101', '+14155550102'].map(phoneNumber);
const zones = new Map([
  ['+14155550101', 'America/New_York'],
  ['+14155550102', 'Pacific/Honolulu'],
]);
const slugs = ['one', 'two', 'three'];
const drills = slugs.map((slug) =>
  drillSchema.parse({
    slug,
    name: slug,
    version: 1,
    defaultLanguage: 'en',
    prompts: [
      { slug: 'a', messages: [{ text: { en: 'A?' } }], correctResponse: { en: 'yes' } },
      { slug: 'b', messages: [{ text: { en: 'B?' } }], correctResponse: { en: 'yes' } },
      { slug: 'end', messages: [{ text: { en: 'Bye' } }] },
    ],
  }),
);
const programme: Programme = {
  ...programmeFileSchema.parse({
    slug: 'lessons',
    name: 'Lessons',
    company: 'Elm County Health',
    contact: 'care@example.org',
    drills: slugs,
    registration: 'code',
    codes: [{ code: 'CODE1' }],
    senderNumbers: ['default'],
    defaultLanguage: 'en',
    timezone: 'America/New_York',
    intent: 'transactional',
    delivery: { time: '10:00' },
  }),
  senderNumbers: [ourNumber],
};
const published = drillsFrom({ drills, programmes: [programme] });
const gate = gateConfigFrom(readConfig(gateSettings, {}));
const consumer = progressConsumer(published, testPseudonyms);

describe('What is due', () => {
  let database: TestDatabase;
  let pool: Pool;
  before(async () => {
    database = await createDatabase();
    pool = createPool(database.configFor('progress'), () => undefined);
  });
  beforeEach(() => empty());
  after(async () => {
    await pool.end();
    await database.drop();
  });
  const empty = () =>
    emptyTables(
      database.adminPool,
      `drill_progress, participant, event_position, quarantined_record, outbox, phone, dialog_event_batch, message,
       attempt`,
    );

  const partsAt = (clock: ManualClock, batchSize = 500): DueParts => ({
    drills: published,
    gate,
    pseudonyms: testPseudonyms,
    clock,
    producer: 'progress',
    batchSize,
  });

  /** A pool whose transactions die at their n-th statement: what was done until then is undone, as after a kill. */
  function dyingAt(n: number): Pool {
    let left = n;
    return new Proxy(pool, {
      get(target, name) {
        if (name !== 'connect') return Reflect.get(target, name);
        return async () => {
          const client = await target.connect();
          return new Proxy(client, {
            get(real, key) {
              const value = Reflect.get(real, key);
              if (key !== 'query') return typeof value === 'function' ? value.bind(real) : value;
              return (...given: unknown[]) => {
                left -= 1;
                if (left === 0) throw new Error('killed');
                return value.apply(real, given);
              };
            },
          });
        };
      },
    });
  }

  const people500 = Array.from({ length: 500 }, (_, n) => `+1415555${String(n).padStart(4, '0')}`);
  /** So many people for whom a start is due. */
  const enrol = (phones: readonly string[], due: Date) =>
    database.adminPool.query(
      `INSERT INTO participant (phone_number, programme_slug, enrolled_by, enrolled_at, next_start_at, armed_for)
       SELECT phone, 'lessons', 'list', $2, $2, 'x' FROM unnest($1::text[]) AS phone`,
      [phones, due],
    );
  const written = async (): Promise<DialogCommand[]> => {
    const { rows } = await database.adminPool.query<{ body: string }>('SELECT body FROM outbox ORDER BY id');
    return rows.map(({ body }) => dialogCommandSchema.parse(JSON.parse(body)));
  };

  it('is asked for in a handful of statements, however many are due, and has moved on', async () => {
    const clock = new ManualClock(new Date('2026-11-20T18:00:00Z'));
    await enrol(people500, clock.now());
    let statements = 0;
    const counting = new Proxy(pool, {
      get(target, name) {
        if (name !== 'connect') return Reflect.get(target, name);
        return async () => {
          const client = await target.connect();
          return new Proxy(client, {
            get(real, key) {
              const value = Reflect.get(real, key);
              if (key === 'query') statements += 1;
              return typeof value === 'function' ? value.bind(real) : value;
            },
          });
        };
      },
    });
    const due = await takeDue(counting, partsAt(clock));
    assert.deepEqual(due, { handled: 500, drills: 500, reminders: 0, lagMs: 0 });
    assert.ok(statements <= 12, `${statements} statements`);
    const commands = await written();
    assert.equal(new Set(commands.map(({ commandId }) => commandId)).size, 500);
    assert.deepEqual(new Set(commands.map(({ phoneNumber }) => phoneNumber)), new Set(people500));
    assert.equal((await takeDue(pool, partsAt(clock))).handled, 0);
    const { rows } = await database.adminPool.query(
      `SELECT bool_and(next_start_at > $1 AND last_start_at = $1) AS moved FROM participant`,
      [clock.now()],
    );
    assert.deepEqual(rows, [{ moved: true }]);
  });

  it('is shared by several tasks at once, none of which has what another has, whichever of them is killed', async () => {
    const clock = new ManualClock(new Date('2026-11-20T18:00:00Z'));
    await enrol(people500, clock.now());
    const parts = partsAt(clock, 40);
    async function task(n: number): Promise<void> {
      for (let round = 0; ; round += 1) {
        const result = await takeDue(round % 3 === 0 ? dyingAt(4 + n) : pool, parts).catch((error: Error) => {
          assert.equal(error.message, 'killed');
          return null;
        });
        if (result?.handled === 0) return;
      }
    }
    await Promise.all([0, 1, 2, 3].map(task));
    const commands = await written();
    assert.deepEqual(commands.map(({ phoneNumber }) => phoneNumber).sort(), [...people500].sort());
  });

  it('waits while commands about the person have not left', async () => {
    const clock = new ManualClock(new Date('2026-11-20T18:00:00Z'));
    await enrol(people, clock.now());
    const [ana] = people;
    await database.adminPool.query(
      `INSERT INTO outbox (producer, partition, kind, target, ordering_key, body)
       VALUES ('progress', 'shard', 'stream', 'dialog-commands', $1, '{}')`,
      [ana],
    );
    assert.deepEqual([(await takeDue(pool, partsAt(clock))).drills], [1]);
    await database.adminPool.query(`DELETE FROM outbox WHERE body = '{}'`);
    await clock.advance(1_000);
    assert.equal((await takeDue(pool, partsAt(clock))).drills, 1);
  });

  it('waits where it is while thousands of commands have not left', async () => {
    const clock = new ManualClock(new Date('2026-11-20T18:00:00Z'));
    await enrol(people, clock.now());
    await database.adminPool.query(
      `INSERT INTO outbox (producer, partition, kind, target, ordering_key, body)
       SELECT 'progress', 'shard', 'stream', 'dialog-commands', '+1', '{}' FROM generate_series(1, 5000)`,
    );
    assert.equal((await takeDue(pool, partsAt(clock))).handled, 0);
    await database.adminPool.query('DELETE FROM outbox WHERE id = (SELECT min(id) FROM outbox)');
    assert.equal((await takeDue(pool, partsAt(clock))).drills, 2);
  });

  describe('as a reminder', () => {
    const eventId = '00000000-0000-4000-8000-00000000e001';
    const asked = new Date('2026-11-20T15:00:00Z');
    const due = new Date('2026-11-20T19:00:00Z');
    const [ana] = people;

    beforeEach(() =>
      database.adminPool.query(
        `INSERT INTO participant (phone_number, programme_slug, enrolled_by, enrolled_at, drill_instance_id, prompt_slug,
                                  prompt_started_at, remind_at, prompt_event_id, armed_for)
         VALUES ($1, 'lessons', 'list', $2, gen_random_uuid(), 'a', $2, $3, $4, 'x')`,
        [ana, asked, due, eventId],
      ),
    );
    /** The message of the question, and when the sender had it taken. */
    const question = async (state: string, sentAt: Date | null, index = 0): Promise<void> => {
      const messageId = messageIdOf(eventId, index);
      await database.adminPool.query(
        `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id,
                              created_at, state, due_at)
         VALUES ($1, $2, 1, 'bulk', 'transactional', $3, 'A?', $4, $4, $5, $6, CASE WHEN $6 = 'held' THEN now() END)`,
        [messageId, ana, ourNumber, eventId, asked, state],
      );
      if (sentAt === null) return;
      await database.adminPool.query(
        `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, touched_at)
         VALUES (gen_random_uuid(), $1, $2, 'twilio', $3, 'accepted', $4)`,
        [messageId, ana, ourNumber, sentAt],
      );
    };
    const remindAt = async (): Promise<Date | null> => {
      const { rows } = await database.adminPool.query<{ remind_at: Date | null }>(
        'SELECT remind_at FROM participant',
      );
      return rows[0]?.remind_at ?? null;
    };

    it('comes four hours after the question went out, however long it had lain', async () => {
      const clock = new ManualClock(due);
      await question('sent', new Date('2026-11-20T18:30:00Z'));
      assert.deepEqual(await takeDue(pool, partsAt(clock)), {
        ...{ handled: 1, drills: 0, reminders: 0, lagMs: 0 },
      });
      assert.deepEqual(await remindAt(), new Date('2026-11-20T22:30:00Z'));
      clock.skip(3.5 * HOUR);
      assert.equal((await takeDue(pool, partsAt(clock))).reminders, 1);
    });

    it('waits while the question has not gone out, or is not written yet', async () => {
      const clock = new ManualClock(due);
      for (const state of [null, 'held']) {
        if (state !== null) await question(state, null);
        assert.equal((await takeDue(pool, partsAt(clock))).reminders, 0);
        assert.deepEqual(await remindAt(), new Date(clock.now().getTime() + HOUR / 4));
        clock.skip(HOUR / 4);
      }
    });

    it('is none of a question that never went out', async () => {
      await question('blocked', null);
      assert.equal((await takeDue(pool, partsAt(new ManualClock(due)))).reminders, 0);
      assert.equal(await remindAt(), null);
    });

    it('counts from the first message that there is, where the one before had nothing to say', async () => {
      const clock = new ManualClock(due);
      await question('sent', new Date('2026-11-20T15:30:00Z'), 1);
      assert.equal((await takeDue(pool, partsAt(clock))).reminders, 0);
      assert.deepEqual(await remindAt(), new Date('2026-11-20T19:30:00Z'));
    });

    it('is given up a week after a question that never was written', async () => {
      const clock = new ManualClock(new Date(asked.getTime() + 7 * DAY_MS - HOUR));
      await takeDue(pool, partsAt(clock));
      assert.notEqual(await remindAt(), null);
      clock.skip(HOUR);
      assert.equal((await takeDue(pool, partsAt(clock))).reminders, 0);
      assert.equal(await remindAt(), null);
    });

    it('comes at once for an answer, which nobody counts among touches', async () => {
      await question('sent', null);
      assert.equal((await takeDue(pool, partsAt(new ManualClock(due)))).reminders, 1);
    });
  });

  it('moves to the morning of the person, spread, and to a day of delivery', async () => {
    // A Friday evening in New York; on Saturday nothing is delivered.
    const clock = new ManualClock(new Date('2026-11-21T03:00:00Z'));
    const weekdays = {
      ...programme,
      delivery: { ...(programme.delivery ?? assert.fail()), days: [1, 2, 3, 4, 5] },
    };
    await enrol(people, clock.now());
    await database.adminPool.query(`UPDATE participant SET time_zone = 'America/New_York'`);
    const parts = { ...partsAt(clock), drills: drillsFrom({ drills, programmes: [weekdays] }) };
    assert.deepEqual(await takeDue(pool, parts), { handled: 2, drills: 0, reminders: 0, lagMs: 0 });
    const { rows } = await database.adminPool.query<{ next_start_at: Date }>(
      'SELECT next_start_at FROM participant',
    );
    for (const { next_start_at: at } of rows) {
      const late = at.getTime() - Date.parse('2026-11-23T13:00:00Z');
      assert.ok(late >= 0 && late < HOUR / 2, at.toISOString());
    }
  });

  describe('where a programme is on WhatsApp', () => {
    const address = senderAddress('whatsapp:+14155550110');
    const [there = '', byText = '', byList = ''] = people500;
    const takeBy = async (senderNumbers: Programme['senderNumbers']) => {
      const clock = new ManualClock(new Date('2026-11-20T18:00:00Z'));
      await enrol([there, byText, byList], clock.now());
      await database.adminPool.query(
        `UPDATE participant SET our_number = CASE phone_number WHEN $1 THEN $2 WHEN $3 THEN $4 END`,
        [there, address, byText, ourNumber],
      );
      const ofBoth = { ...programme, senderNumbers };
      const parts = { ...partsAt(clock), drills: drillsFrom({ drills, programmes: [ofBoth] }) };
      return await takeDue(pool, parts);
    };

    for (const senderNumbers of [
      [address, ourNumber],
      [ourNumber, address],
    ]) {
      it(`goes as a text to everybody, from its number for texts, of ${senderNumbers.join(' and ')}`, async () => {
        assert.equal((await takeBy(senderNumbers))?.drills, 3);
        const commands = await written();
        assert.deepEqual(
          commands.map(({ phoneNumber }) => phoneNumber).sort(),
          [there, byText, byList].sort(),
        );
        for (const command of commands) {
          assert.ok(command.type === 'START_DRILL');
          assert.equal(command.payload.origin.senderNumber, ourNumber);
        }
      });
    }

    it('is nothing without a number for texts: there lessons come when they are asked for', async () => {
      assert.equal((await takeBy([address]))?.drills, 0);
      assert.deepEqual(await written(), []);
      const { rows } = await database.adminPool.query(
        'SELECT DISTINCT next_start_at, remind_at FROM participant',
      );
      assert.deepEqual(rows, [{ next_start_at: null, remind_at: null }]);
    });

    it('goes on by itself once the programme has a number for texts again, at the next time of delivery', async () => {
      const clock = new ManualClock(new Date('2026-11-20T18:00:00Z'));
      const partsOf = (senderNumbers: Programme['senderNumbers']) => ({
        ...partsAt(clock),
        drills: drillsFrom({ drills, programmes: [{ ...programme, senderNumbers }] }),
      });
      const [before, without, again] = [
        partsOf([ourNumber]),
        partsOf([address]),
        partsOf([address, ourNumber]),
      ];
      await enrol([there, byText, byList], clock.now());
      assert.equal(await armAnew(pool, before), 3);
      assert.equal(await armAnew(pool, without), 3);
      assert.equal(await armAnew(pool, without), 0);
      await clock.advance(2 * DAY_MS);
      assert.deepEqual([(await takeDue(pool, without)).drills, await written()], [0, []]);
      assert.equal((await takeDue(pool, without)).handled, 0);
      assert.equal(await armAnew(pool, again), 3);
      assert.equal(await armAnew(pool, again), 0);
      await clock.advance(4 * DAY_MS);
      assert.equal((await takeDue(pool, again)).drills, 3);
    });
  });

  it('is worked out for people whose programme has become another, and for no others again', async () => {
    const clock = new ManualClock(new Date('2026-11-20T18:00:00Z'));
    await enrol(people500, clock.now());
    assert.equal(await armAnew(pool, partsAt(clock, 300)), 300);
    assert.equal(await armAnew(pool, partsAt(clock, 300)), 200);
    assert.equal(await armAnew(pool, partsAt(clock, 300)), 0);
    assert.equal((await takeDue(pool, partsAt(clock))).handled, 0);
  });

  type Step =
    | { do: 'text'; who: number; body: string }
    | { do: 'jump'; hours: number }
    | { do: 'dialog'; most: number }
    | { do: 'follow'; most: number; killed: boolean }
    | { do: 'due'; killedAt: readonly [number, number] }
    | { do: 'publish'; slots: boolean; killed: boolean }
    | { do: 'update'; who: number };
  const who = fc.nat(people.length - 1);
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('text' as const),
        who,
        body: fc.constantFrom('CODE1', 'more', 'more', 'yes', 'yes', 'no', 'stop', 'start', 'menu', 'thanks'),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('jump' as const),
        hours: fc.constantFrom(0.01, 1, 5, 13, 24, 24, 24),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('dialog' as const), most: fc.integer({ min: 1, max: 4 }) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('follow' as const),
        most: fc.integer({ min: 1, max: 4 }),
        killed: fc.boolean(),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('due' as const),
        killedAt: fc.tuple(fc.constantFrom(0, 0, 3, 7, 8, 9), fc.constantFrom(0, 0, 2, 8)),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('publish' as const),
        slots: fc.boolean(),
        killed: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('update' as const), who }) },
  );

  /** The dialog in memory, progress in PostgreSQL, and streams between them that may repeat what they carry. */
  class World {
    readonly clock = new ManualClock(START);
    readonly parts = partsAt(this.clock, 3);
    readonly states = new Map<DialogState['phoneNumber'], DialogState>();
    readonly processed = new Set<string>();
    readonly suppressed = new Set<string>();
    readonly commands: DialogCommand[] = [];
    readonly events: DialogEventBatch[] = [];
    readonly history: DialogEventBatch[] = [];
    /** What the schedule asked for, as it was first published. */
    readonly scheduled = new Map<string, DialogCommand>();
    #texts = 0;

    async run(steps: readonly Step[]): Promise<void> {
      for (const phone of people) {
        this.update(phone);
        this.text(phone, 'CODE1');
      }
      await this.settle();
      for (const each of steps) await this.take(each);
    }

    async take(each: Step): Promise<void> {
      switch (each.do) {
        case 'text':
          return this.text(people[each.who] ?? ourNumber, each.body);
        case 'update':
          return this.update(people[each.who] ?? ourNumber);
        case 'jump':
          return void this.clock.skip(each.hours * HOUR);
        case 'dialog':
          return this.dialog(each.most);
        case 'follow':
          return this.follow(each.most, each.killed);
        case 'due':
          return void (await this.due(each.killedAt));
        case 'publish':
          return this.publish(each.slots, each.killed);
      }
    }

    #id(): string {
      this.#texts += 1;
      return `00000000-0000-4000-8000-${String(this.#texts).padStart(12, '0')}`;
    }

    text(phone: DialogState['phoneNumber'], body: string): void {
      if (body === 'stop') this.suppressed.add(phone);
      if (body === 'start') this.suppressed.delete(phone);
      const at = this.clock.now().toISOString();
      const commandId = this.#id();
      this.commands.push({
        type: 'INBOUND_SMS',
        commandId,
        phoneNumber: phone,
        occurredAt: at,
        payload: {
          ...{ from: phone, to: ourNumber, body, media: [], carrier: 'twilio', receivedAt: at },
          carrierMessageId: commandId,
          consent: body === 'stop' ? 'opted_out' : body === 'start' ? 'opted_in' : null,
        },
      });
    }

    update(phone: DialogState['phoneNumber']): void {
      const profile = { timezone: zones.get(phone) ?? null };
      const occurredAt = this.clock.now().toISOString();
      this.commands.push({
        type: 'UPDATE_USER',
        commandId: this.#id(),
        phoneNumber: phone,
        occurredAt,
        payload: { profile },
      });
    }

    dialog(most: number): void {
      const commands = this.commands.splice(0, most);
      const now = this.clock.now();
      const content = new Map(drills.map((drill) => [drill.slug, drill]));
      const known = {
        ...{ drills: published, defaultSender: ourNumber, defaultLanguage: 'en', content, now },
        ...{ suppressed: this.suppressed, overtaken: new Set<string>(), activeCampaigns: new Set<string>() },
      };
      const result = executeBatch({
        states: this.states,
        commands,
        versions: new Map(),
        processed: this.processed,
        factsOf: (command) => factsOf(command, known),
        now,
      });
      for (const [phone, state] of result.changed) this.states.set(phone, state);
      for (const id of result.processed) this.processed.add(id);
      this.events.push(...result.batches);
      this.history.push(...result.batches);
    }

    async follow(most: number, killed: boolean): Promise<void> {
      const batches = this.events.slice(0, most);
      if (batches.length === 0) return;
      await inTransaction(pool, async (tx) => {
        const records = batches.map((value, index) => ({
          ...{
            value,
            sequenceNumber: String(index),
            partitionKey: value.phoneNumber,
            arrivedAt: new Date(0),
          },
          body: JSON.stringify(value),
        }));
        const { entries } = await consumer.apply(tx, records);
        await writeShardOutbox(tx, 'progress', 'shard', entries);
        if (killed) throw new Error('killed');
      }).catch((error: Error) => assert.equal(error.message, 'killed', error.stack));
      if (killed) return;
      this.events.splice(0, batches.length);
      await this.send(batches);
    }

    /** Questions go out as soon as progress has followed them. */
    async send(batches: readonly DialogEventBatch[]): Promise<void> {
      const asked = batches.flatMap(({ events, phoneNumber: phone }) =>
        events
          .filter(({ type }) => type === 'DRILL_STARTED' || type === 'ADVANCED_TO_NEXT_PROMPT')
          .map(({ eventId }) => ({ phone, messageId: messageIdOf(eventId, 0) })),
      );
      await database.adminPool.query(
        `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id,
                              created_at, state)
         SELECT message_id, phone_number, (SELECT count(*) FROM message) + place, 'bulk', 'transactional', $3, 'A?',
                message_id, message_id, now(), 'sent'
           FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS sent(message_id, phone_number, place)`,
        [asked.map(({ messageId }) => messageId), asked.map(({ phone }) => phone), ourNumber],
      );
    }

    async due(killedAt: readonly number[] = [0, 0]): Promise<number> {
      await armAnew(pool, this.parts);
      const results = await Promise.allSettled(
        killedAt.map((n) => takeDue(n === 0 ? pool : dyingAt(n), this.parts)),
      );
      let handled = 0;
      for (const result of results) {
        if (result.status === 'fulfilled') handled += (result.value satisfies Due).handled;
        else assert.equal(result.reason.message, 'killed', result.reason.stack);
      }
      return handled;
    }

    async publish(slots: boolean, killed: boolean): Promise<void> {
      const { rows } = await database.adminPool.query<{ id: number; body: string; partition: string }>(
        `SELECT id, body, partition FROM outbox WHERE (partition <> 'shard') = $1 ORDER BY id`,
        [slots],
      );
      for (const { body, partition } of rows) {
        const command = dialogCommandSchema.parse(JSON.parse(body));
        this.commands.push(command);
        if (partition !== 'shard') this.scheduled.set(command.commandId, command);
      }
      if (killed) return;
      await database.adminPool.query('DELETE FROM outbox WHERE id = ANY ($1)', [rows.map(({ id }) => id)]);
    }

    /** Everything that is on its way arrives, and what it brings about. */
    async settle(): Promise<void> {
      for (let quiet = 0; quiet < 2; ) {
        const before = [this.history.length, this.processed.size];
        await this.publish(false, false);
        const handled = await this.due();
        await this.publish(true, false);
        while (this.commands.length > 0) this.dialog(10);
        while (this.events.length > 0) await this.follow(10, false);
        const same = before[0] === this.history.length && before[1] === this.processed.size && handled === 0;
        quiet = same ? quiet + 1 : 0;
      }
    }
  }

  /** Each drill by the schedule once and only if it was not begun, one reminder a prompt, all of it when it is allowed. */
  function check(world: World): void {
    for (const phone of people) {
      const begun = new Set<string>();
      const reminded = new Set<string>();
      let optedOut = false;
      for (const batch of world.history.filter(({ phoneNumber }) => phoneNumber === phone)) {
        const isScheduled = world.scheduled.has(batch.commandId);
        if (isScheduled) assert.equal(optedOut, false, 'asked of somebody who had opted out');
        for (const event of batch.events) {
          if (event.type === 'USER_VALIDATED') begun.clear();
          if (event.type === 'OPTED_OUT') optedOut = true;
          if (event.type === 'OPTED_BACK_IN') optedOut = false;
          if (event.type === 'DRILL_STARTED') {
            if (isScheduled)
              assert.ok(!begun.has(event.drill.slug), `${event.drill.slug} begins again by schedule`);
            begun.add(event.drill.slug);
          }
          if (event.type === 'REMINDER_TRIGGERED') {
            const prompt = `${event.drillInstanceId} ${event.prompt.slug}`;
            assert.ok(!reminded.has(prompt), 'a prompt is reminded of twice');
            reminded.add(prompt);
          }
        }
      }
    }
    for (const { occurredAt, phoneNumber } of world.scheduled.values()) {
      const at = Date.parse(occurredAt);
      const where = { phoneNumber, zone: zones.get(phoneNumber) ?? null, postalCode: null, state: null };
      assert.equal(nextAllowed(where, 'transactional', at, gate), at, `${phoneNumber} at ${occurredAt}`);
    }
  }

  /** What the schedule did to people in between changes nothing that follows from events, and leaves nobody without a start. */
  async function followsFromEvents(world: World): Promise<void> {
    const parts = {
      programmes: new Map([[programme.slug, { programme, changedAt: 0 }]]),
      ...{ pseudonyms: testPseudonyms, now: world.clock.now().getTime(), only: null },
    };
    await inTransaction(database.adminPool, async (tx) => {
      await appendBatches(tx, world.history);
      for (const { byEvents, stored } of (await rebuildPeople(tx, people, parts)).values()) {
        assert.deepEqual(stored, byEvents);
      }
    });
  }

  it('comes once, to whom it may, when it may, and nobody is forgotten, whatever happens in whichever order', async function () {
    this.timeout(300_000);
    let reminders = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 90 }), async (steps) => {
        await empty();
        const world = new World();
        await world.run(steps);
        await world.settle();
        check(world);
        // From here on nobody does anything: each day brings the next drill to whoever may have one.
        for (let day = 0; day < slugs.length + 3; day += 1) {
          for (let hour = 0; hour < 24; hour += 8) {
            world.clock.skip(DAY_MS / 3);
            await world.settle();
          }
        }
        check(world);
        await followsFromEvents(world);
        reminders += [...world.scheduled.values()].filter(({ type }) => type === 'TRIGGER_REMINDER').length;
        for (const [phone, { profile }] of world.states) {
          if (!profile.validated || profile.optedOut || world.suppressed.has(phone)) continue;
          const mine = world.history.filter(({ phoneNumber }) => phoneNumber === phone);
          const since = mine.findLastIndex(({ events }) =>
            events.some(({ type }) => type === 'USER_VALIDATED'),
          );
          const begun = mine
            .slice(since)
            .flatMap(({ events }) =>
              events.flatMap((event) => (event.type === 'DRILL_STARTED' ? [event.drill.slug] : [])),
            );
          assert.deepEqual([...new Set(begun)].sort(), [...slugs].sort(), `${phone} was forgotten`);
        }
      }),
      { numRuns: runs(12) },
    );
    assert.ok(reminders > 0, 'nobody was reminded of anything');
  });
});
