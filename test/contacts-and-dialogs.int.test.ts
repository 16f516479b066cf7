import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readAnswers } from '#shared/contacts/answers.ts';
import { newsFor, sharedFields } from '#shared/contacts/exchange.ts';
import { readSharedContacts, tellDialogs } from '#shared/contacts/news.ts';
import { readFields } from '#shared/contacts/store.ts';
import { type DialogCommand, dialogCommandSchema } from '#shared/contracts/dialog-commands.ts';
import { type DialogEventBatch, dialogEventBatchSchema } from '#shared/contracts/dialog-events.ts';
import { drillSchema } from '#shared/contracts/drill.ts';
import { DrillSnapshots } from '#shared/dialog/drill-snapshots.ts';
import { rebuild } from '#shared/dialog/evolve.ts';
import { readBatches, readStates } from '#shared/dialog/store.ts';
import { drillsFrom } from '#shared/drills/drills.ts';
import { programmeFileSchema } from '#shared/drills/programme.ts';
import type { ParsedRecord } from '#shared/kinesis/definition.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { runs } from '#test/properties/runs.ts';
import { dialogConsumer } from '../apps/dialog/handle-commands.ts';
import { exchangeContacts } from '../apps/progress/exchange-contacts.ts';
import { progressConsumer } from '../apps/progress/follow-events.ts';
import { eventually } from './eventually.ts';
import { ManualClock } from './manual-clock.ts';
import { testPseudonyms } from './pseudonyms.ts';
import { emptyTables } from './stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from './stack/stack.ts';

const ourNumber = phoneNumber('+14155550199');
const ana = phoneNumber('+14155550101');
const bo = phoneNumber('+14155550102');
const questions = ['name', 'language', 'timezone', 'children', 'washingPlace', 'colour'];
const about = drillSchema.parse({
  slug: 'about',
  name: 'About you',
  version: 1,
  defaultLanguage: 'en',
  prompts: questions.map((storeAs) => ({
    ...{ slug: storeAs.toLowerCase(), storeAs },
    messages: [{ text: { en: `Your ${storeAs}?` } }],
  })),
});
const programme = {
  ...programmeFileSchema.parse({
    slug: 'lessons',
    name: 'Lessons',
    company: 'Elm County Health',
    contact: 'care@example.org',
    drills: ['about'],
    registration: 'open',
    senderNumbers: ['default'],
    defaultLanguage: 'en',
    timezone: 'America/New_York',
    intent: 'transactional',
    delivery: { time: '10:00' },
  }),
  senderNumbers: [ourNumber],
};
const drills = drillsFrom({ drills: [about], programmes: [programme] });

const recordsOf = <T extends DialogCommand | DialogEventBatch>(values: readonly T[]): ParsedRecord<T>[] =>
  values.map((value, index) => ({
    ...{ value, sequenceNumber: String(index), partitionKey: value.phoneNumber },
    ...{ body: JSON.stringify(value), arrivedAt: new Date(0) },
  }));

/** Until somebody stands before the lock on a table. */
const untilWaiting = (database: Pool, table: string): Promise<void> =>
  eventually(async () => {
    const { rowCount } = await database.query(
      'SELECT FROM pg_locks WHERE relation = $1::regclass AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())',
      [table],
    );
    assert.ok((rowCount ?? 0) > 0, 'nobody waits');
  });

describe('Contacts and dialogs', () => {
  let database: TestDatabase;
  let pools: Record<'dialog' | 'progress' | 'api', Pool>;
  before(async () => {
    database = await createDatabase();
    const poolOf = (service: 'dialog' | 'progress' | 'api') =>
      createPool(database.configFor(service), () => undefined);
    pools = { dialog: poolOf('dialog'), progress: poolOf('progress'), api: poolOf('api') };
    await database.adminPool.query(
      `INSERT INTO contact_field (name, label, type, created_at)
       VALUES ('children', 'Children', 'number', now()), ('washing_place', 'Place', 'text', now())`,
    );
  });
  after(async () => {
    await Promise.all(Object.values(pools).map((pool) => pool.end()));
    await database.drop();
  });
  beforeEach(() => empty());
  const empty = () =>
    emptyTables(
      database.adminPool,
      `contact, contact_news, contact_answer, dialog_state, dialog_event_batch, processed_command, event_position, outbox,
       participant, drill_progress, drill_instance, drill_report`,
    );

  /** Both services by hand: what one leaves the other takes when it is told to. */
  class World {
    readonly clock = new ManualClock(new Date('2026-11-27T15:00:00Z'));
    readonly commands: DialogCommand[] = [];
    readonly events: DialogEventBatch[] = [];
    readonly #dialog = dialogConsumer({
      ...{ drills, clock: this.clock, logger: silentLogger, metrics: noMetrics, defaultSender: ourNumber },
      ...{ defaultLanguage: 'en', pseudonyms: testPseudonyms },
    });
    readonly #progress = progressConsumer(drills, testPseudonyms);
    #ids = 0;

    #id(): string {
      this.#ids += 1;
      return `00000000-0000-4000-8000-${String(this.#ids).padStart(12, '0')}`;
    }

    text(phone: PhoneNumber, body: string): void {
      const at = this.clock.now().toISOString();
      const commandId = this.#id();
      this.commands.push({
        ...{ type: 'INBOUND_SMS', commandId, phoneNumber: phone, occurredAt: at },
        payload: {
          ...{ from: phone, to: ourNumber, body, media: [], carrier: 'twilio', receivedAt: at },
          ...{ carrierMessageId: commandId, consent: null },
        },
      });
    }

    start(phone: PhoneNumber): void {
      this.commands.push({
        ...{ type: 'START_DRILL', commandId: this.#id(), phoneNumber: phone },
        occurredAt: this.clock.now().toISOString(),
        payload: {
          ...{ drillSlug: 'about', drillInstanceId: this.#id() },
          origin: { kind: 'planned', senderNumber: null, intent: 'transactional' },
        },
      });
    }

    async contact(phone: PhoneNumber, change: Record<string, unknown>): Promise<void> {
      const now = this.clock.now();
      const { attributes = {}, language = null, name = null, timeZone = null } = change;
      await inTransaction(pools.api, async (tx) => {
        await tx.query(
          `INSERT INTO contact AS known (contact_id, phone_number, name, language, time_zone, attributes, created_at,
                                         updated_at)
           VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $6)
           ON CONFLICT (phone_number) DO UPDATE
              SET name = coalesce(excluded.name, known.name), language = coalesce(excluded.language, known.language),
                  time_zone = coalesce(excluded.time_zone, known.time_zone),
                  attributes = known.attributes || excluded.attributes, version = known.version + 1`,
          [phone, name, language, timeZone, attributes, now],
        );
        await tellDialogs(tx, [phone], now);
      });
    }

    async dialog(most = 100): Promise<void> {
      const commands = this.commands.splice(0, most);
      if (commands.length === 0) return;
      await inTransaction(pools.dialog, async (tx) => {
        const { entries } = await this.#dialog.apply(tx, recordsOf(commands));
        this.events.push(...entries.map(({ body }) => dialogEventBatchSchema.parse(JSON.parse(body))));
      });
    }

    async follow(most = 100): Promise<void> {
      const batches = this.events.splice(0, most);
      if (batches.length === 0) return;
      await inTransaction(pools.progress, (tx) => this.#progress.apply(tx, recordsOf(batches)));
    }

    /** One turn; what it left is on the stream by then. */
    async exchange(): Promise<{ handled: number; told: number }> {
      const { clock } = this;
      const parts = { clock, pseudonyms: testPseudonyms, producer: 'progress', batchSize: 100 };
      const done = await exchangeContacts(pools.progress, parts);
      const { rows } = await database.adminPool.query<{ body: string }>(
        `WITH gone AS (DELETE FROM outbox RETURNING id, body) SELECT body FROM gone ORDER BY id`,
      );
      this.commands.push(...rows.map(({ body }) => dialogCommandSchema.parse(JSON.parse(body))));
      return done;
    }

    /** Until nothing is left to be carried. Returns how many commands that took. */
    async rest(): Promise<number> {
      let told = 0;
      for (let turn = 0; turn < 40; turn += 1) {
        await this.dialog();
        await this.follow();
        await this.clock.advance(70_000);
        told += (await this.exchange()).told;
        const left = await database.adminPool.query('SELECT FROM contact_news');
        if (left.rowCount === 0 && this.commands.length === 0 && this.events.length === 0) return told;
      }
      return assert.fail('it never comes to rest');
    }
  }

  const contactOf = async (phone: PhoneNumber) =>
    (await readSharedContacts(database.adminPool, [phone])).get(phone) ?? assert.fail('there is no contact');
  const profileOf = async (phone: PhoneNumber) => {
    const states = await inTransaction(database.adminPool, (tx) =>
      readStates(tx, new DrillSnapshots(), [phone]),
    );
    return states.get(phone)?.profile ?? assert.fail('there is no dialog');
  };
  const newsCount = async (): Promise<number | null> =>
    (await database.adminPool.query('SELECT FROM contact_news')).rowCount;

  it('begin with what the contact says: language, name, time zone and fields', async () => {
    const world = new World();
    const given = { language: 'es', timeZone: 'America/Denver', attributes: { children: 2 } };
    await world.contact(ana, { name: 'Ana Ruiz', ...given });
    assert.equal(await newsCount(), 0, 'nobody is told where there is no dialog');
    world.text(ana, 'hola');
    assert.equal(await world.rest(), 0);
    const { answers, language, name, timezone } = await profileOf(ana);
    assert.deepEqual(
      [name, language, timezone, answers],
      ['Ana Ruiz', 'es', 'America/Denver', { children: '2' }],
    );
    const batches = await inTransaction(database.adminPool, (tx) => readBatches(tx, ana));
    assert.deepEqual(rebuild(batches)?.profile, await profileOf(ana));
  });

  it('a change of the contact reaches the dialog once; one that says nothing new does not', async () => {
    const world = new World();
    world.text(ana, 'hi');
    await world.contact(ana, { name: 'Ana' });
    assert.equal(await world.rest(), 0, 'it was there before the dialog');
    await world.contact(ana, { name: 'Ana Ruiz', attributes: { washing_place: 'home' } });
    assert.equal(await world.rest(), 1);
    const { answers, name } = await profileOf(ana);
    assert.deepEqual([name, answers], ['Ana Ruiz', { washingPlace: 'home' }]);
    await world.contact(ana, { name: 'Ana Ruiz' });
    assert.equal(await world.rest(), 0);
  });

  it('answers come to the contact by the rules of its fields, with where they are from, and are not told back', async () => {
    const world = new World();
    await world.contact(ana, { attributes: { children: 5 } });
    world.start(ana);
    for (const answer of ['Ana Ruiz', 'Español', 'america/denver', 'a few', 'at work', 'red'])
      world.text(ana, answer);
    assert.equal(await world.rest(), 1, 'of the answer that is no number');
    const contact = await contactOf(ana);
    assert.deepEqual(
      [contact.name, contact.language, contact.timeZone, contact.attributes],
      ['Ana Ruiz', 'es', 'America/Denver', { children: 5, washing_place: 'at work' }],
    );
    assert.deepEqual(
      (await readAnswers(pools.api, contact.contactId)).map((each) => [
        ...[each.field, each.answer, each.value, each.programme, each.drill, each.prompt],
      ]),
      [
        ['children', 'a few', null, 'lessons', 'about', 'children'],
        ['language', 'Español', 'es', 'lessons', 'about', 'language'],
        ['name', 'Ana Ruiz', 'Ana Ruiz', 'lessons', 'about', 'name'],
        ['time_zone', 'america/denver', 'America/Denver', 'lessons', 'about', 'timezone'],
        ['washing_place', 'at work', 'at work', 'lessons', 'about', 'washingplace'],
      ],
    );
    const { answers } = await profileOf(ana);
    assert.deepEqual(answers, { children: '5', washingPlace: 'at work', colour: 'red' });
  });

  it('of an answer and a change that know nothing of each other the change stays, on both sides', async () => {
    const world = new World();
    await world.contact(ana, { name: 'Anna' });
    world.start(ana);
    await world.dialog();
    await world.follow();
    world.text(ana, 'Ana');
    await world.contact(ana, { name: 'Anne' });
    await world.rest();
    assert.equal((await contactOf(ana)).name, 'Anne');
    assert.equal((await profileOf(ana)).name, 'Anne');
  });

  it('an answer to what the contact said before stays, also where the dialog is told something else meanwhile', async () => {
    const world = new World();
    world.start(ana);
    await world.contact(ana, { name: 'Anna' });
    await world.rest();
    await world.contact(ana, { attributes: { children: 2 } });
    await world.exchange();
    // The dialog is to hear of the children; the person is faster.
    const command = world.commands.pop() ?? assert.fail('nothing was told');
    world.text(ana, 'Ana');
    world.commands.push(command);
    await world.rest();
    assert.equal((await contactOf(ana)).name, 'Ana');
    const { answers, name } = await profileOf(ana);
    assert.deepEqual([name, answers], ['Ana', { children: '2' }]);
  });

  it('nothing waits for a contact that somebody has in hand, and nothing is lost of it', async () => {
    const world = new World();
    await world.contact(ana, { name: 'Anna' });
    await world.contact(bo, { name: 'Bob' });
    for (const phone of [ana, bo]) {
      world.start(phone);
      world.text(phone, 'Me');
    }
    await world.dialog();
    await world.follow();
    const importing = await pools.api.connect();
    try {
      await importing.query('BEGIN');
      await importing.query('SELECT FROM contact WHERE phone_number = $1 FOR UPDATE', [ana]);
      await world.exchange();
      assert.equal((await contactOf(bo)).name, 'Me');
      await importing.query('COMMIT');
    } finally {
      importing.release();
    }
    await world.rest();
    assert.equal((await contactOf(ana)).name, 'Me');
  });

  it('a dialog is not told what its person has just answered otherwise, whenever that is followed', async () => {
    const world = new World();
    await world.contact(ana, { name: 'Anna' });
    world.text(ana, 'hi');
    await world.dialog();
    await world.follow();
    await world.contact(ana, { language: 'es' });
    world.start(ana);
    world.text(ana, 'Ana Ruiz');
    await world.dialog();
    const following = await database.adminPool.connect();
    try {
      // Between the claim of what is due and the look at how far events have been followed.
      await following.query('BEGIN');
      await following.query('LOCK TABLE dialog_state IN ACCESS EXCLUSIVE MODE');
      const exchanging = world.exchange();
      await untilWaiting(database.adminPool, 'dialog_state');
      await world.follow();
      await following.query('COMMIT');
      await exchanging;
    } finally {
      following.release();
    }
    for (const { payload } of world.commands)
      assert.deepEqual(payload, { profile: { language: 'es' }, dialogVersion: 3 });
    await world.rest();
    assert.equal((await profileOf(ana)).name, 'Ana Ruiz');
    assert.equal((await contactOf(ana)).name, 'Ana Ruiz');
  });

  it('a dialog is told nothing while an answer of its person is in the hands of another task', async () => {
    const world = new World();
    await world.contact(ana, { name: 'Anna' });
    world.start(ana);
    world.text(ana, 'Ana Ruiz');
    await world.dialog();
    await world.follow();
    const other = await database.adminPool.connect();
    try {
      await other.query('BEGIN');
      await other.query(
        'SELECT FROM contact_news WHERE phone_number = $1 AND answer IS NOT NULL FOR UPDATE',
        [ana],
      );
      await world.contact(ana, { language: 'es' });
      assert.equal((await world.exchange()).told, 0);
      await other.query('COMMIT');
    } finally {
      other.release();
    }
    await world.rest();
    assert.deepEqual(
      [(await profileOf(ana)).name, (await contactOf(ana)).name, (await profileOf(ana)).language],
      ['Ana Ruiz', 'Ana Ruiz', 'es'],
    );
  });

  it('there is no news of whoever has no dialog, nor any left of whoever has no contact', async () => {
    const phones = Array.from({ length: 5_000 }, (_, n) => `+1212${String(5_550_000 + n)}`);
    await inTransaction(pools.api, (tx) => tellDialogs(tx, phones, new Date()));
    assert.equal(await newsCount(), 0);
    const world = new World();
    world.start(ana);
    world.text(ana, 'Ana');
    assert.equal(await world.rest(), 0);
    assert.equal(await newsCount(), 0);
  });

  it('a contact that was made while the dialog began is told of it a moment later', async () => {
    const world = new World();
    world.text(ana, 'hi');
    const writing = await pools.api.connect();
    try {
      await writing.query('BEGIN');
      await writing.query(
        `INSERT INTO contact (contact_id, phone_number, name, created_at, updated_at)
         VALUES (gen_random_uuid(), $1, 'Ana', now(), now())`,
        [ana],
      );
      await writing.query(
        `INSERT INTO contact_news (phone_number, due_at)
         SELECT $1, now() FROM dialog_state WHERE phone_number = $1`,
        [ana],
      );
      await world.dialog();
      await world.follow();
      await world.exchange();
      await writing.query('COMMIT');
    } finally {
      writing.release();
    }
    await world.rest();
    assert.equal((await profileOf(ana)).name, 'Ana');
  });

  const anyStep = fc.oneof(
    fc.constantFrom('start', 'dialog', 'dialog', 'follow', 'follow', 'exchange', 'exchange').map((kind) => ({
      kind,
      value: '',
    })),
    fc.constantFrom('Ana', 'es', 'English', 'US/Eastern', '3', 'few', 'work', '2').map((value) => ({
      ...{ kind: 'text', value },
    })),
    fc
      .constantFrom<Record<string, unknown>>(
        { name: 'Anna' },
        { name: 'Anne', language: 'fr' },
        { language: 'es' },
        { timeZone: 'America/Denver' },
        { attributes: { children: 4 } },
        { attributes: { washing_place: 'home' } },
      )
      .map((value) => ({ kind: 'contact', value })),
  );

  it('say the same in the end, whatever happens in which order, and then are silent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 5, maxLength: 40 }), async (steps) => {
        await empty();
        const world = new World();
        world.start(ana);
        for (const { kind, value } of steps) {
          if (kind === 'start') world.start(ana);
          else if (kind === 'dialog') await world.dialog(2);
          else if (kind === 'follow') await world.follow(1);
          else if (kind === 'exchange') await world.exchange();
          else if (typeof value === 'string') world.text(ana, value);
          else await world.contact(ana, value);
          await world.clock.advance(4_000);
        }
        await world.contact(ana, {});
        await world.rest();
        const shared = sharedFields(await readFields(database.adminPool));
        assert.equal(newsFor(await profileOf(ana), await contactOf(ana), shared), null);
        const batches = await inTransaction(database.adminPool, (tx) => readBatches(tx, ana));
        assert.deepEqual(rebuild(batches)?.profile, await profileOf(ana));
      }),
      { numRuns: runs(40) },
    );
  });
});
