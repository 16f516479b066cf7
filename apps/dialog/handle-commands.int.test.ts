import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import { dialogEventBatchSchema } from '#shared/contracts/dialog-events.ts';
import type { DialogState } from '#shared/contracts/dialog-state.ts';
import { anyCommand, people } from '#shared/dialog/any-command.ts';
import { DrillSnapshots } from '#shared/dialog/drill-snapshots.ts';
import { rebuild } from '#shared/dialog/evolve.ts';
import {
  adHoc,
  drills,
  id,
  instance,
  ofCampaign,
  openProgramme,
  ourNumber,
  person,
  programme,
  startOf,
  texted,
} from '#shared/dialog/sample-dialog.ts';
import { forgetProcessed, readBatches, readStates } from '#shared/dialog/store.ts';
import { drillsFrom } from '#shared/drills/drills.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { runs } from '#test/properties/runs.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { type DialogDeps, dialogConsumer } from './handle-commands.ts';

describe('Dialog commands through PostgreSQL', () => {
  let database: TestDatabase;
  let pool: Pool;
  let logged: Record<string, unknown>[] = [];
  let counted: Record<string, unknown>[] = [];
  const deps: DialogDeps = {
    pseudonyms: testPseudonyms,
    drills: drillsFrom({
      drills: [...drills],
      programmes: [programme, { ...openProgramme, senderNumbers: [phoneNumber('+14155550197')] }],
    }),
    clock: new ManualClock(),
    logger: {
      ...silentLogger,
      error: (fields, message) => logged.push({ level: 'error', message, ...fields }),
      info: (fields, message) => logged.push({ level: 'info', message, ...fields }),
    },
    metrics: {
      ...noMetrics,
      observe: (name, value, dimensions) => counted.push({ name, value, ...dimensions }),
    },
    defaultSender: ourNumber,
    defaultLanguage: 'en',
  };
  const consumer = dialogConsumer(deps);

  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
  });
  beforeEach(() => {
    logged = [];
    counted = [];
  });
  after(() => database.drop());

  /** Far cheaper than TRUNCATE, which makes new files. */
  const forget = () =>
    pool.query('DELETE FROM dialog_state; DELETE FROM dialog_event_batch; DELETE FROM processed_command');
  /** As the stream brings them: one transaction. Returns the bodies that leave. */
  const process = (commands: readonly DialogCommand[]): Promise<unknown[]> =>
    inTransaction(pool, async (tx) => {
      const { entries } = await consumer.apply(
        tx,
        commands.map((value, index) => ({
          value: consumer.parse(JSON.stringify(value)),
          sequenceNumber: String(index),
          partitionKey: value.phoneNumber,
          body: '',
          arrivedAt: new Date(0),
        })),
      );
      return entries.map(({ body }): unknown => JSON.parse(body));
    });
  const states = async (): Promise<DialogState[]> => {
    const read = await inTransaction(pool, (tx) => readStates(tx, new DrillSnapshots(), people));
    return [...read.values()].sort((a, b) => (a.phoneNumber < b.phoneNumber ? -1 : 1));
  };
  const anySequence = fc.tuple(
    fc.array(anyCommand, { minLength: 1, maxLength: 40 }),
    fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }),
  );
  const divided = <T>(items: readonly T[], sizes: readonly number[]): T[][] => {
    const parts: T[][] = [];
    for (let i = 0, turn = 0; i < items.length; turn += 1) {
      const size = sizes[turn % sizes.length] ?? 1;
      parts.push(items.slice(i, i + size));
      i += size;
    }
    return parts;
  };

  it('of pictures ask for words once, and leave them to people who have the conversation in their hands', async () => {
    await forget();
    const picture = (n: number): DialogCommand => {
      const text = texted('', {}, n);
      return {
        ...text,
        occurredAt: deps.clock.now().toISOString(),
        payload: { ...text.payload, media: [{ url: 'https://m.example.org/1', contentType: null }] },
      };
    };
    // Two in one batch, one in the next: this person has no code yet.
    const first = await process([picture(1), picture(2)]);
    const second = await process([picture(3)]);
    const wordless = [...first, ...second].map(
      (batch) =>
        dialogEventBatchSchema.parse(batch).events.map((event) => 'wordless' in event && event.wordless)[0],
    );
    assert.deepEqual(wordless, ['asked', 'asked_before', 'asked_before']);
    await pool.query(
      `INSERT INTO conversation (conversation_id, phone_number, our_number, state, session, activity_at, last_text_at, created_at, assignee)
       VALUES (gen_random_uuid(), $1, $2, 'open', 1, now(), now(), now(), 'bo')`,
      [person, ourNumber],
    );
    try {
      const [batch] = await process([picture(4)]);
      const [event] = dialogEventBatchSchema.parse(batch).events;
      assert.ok(event?.type === 'UNHANDLED_MESSAGE_RECEIVED' && event.wordless === undefined);
      await pool.query(`UPDATE conversation SET assignee = NULL`);
      await pool.query(
        `INSERT INTO conversation_answer (message_id, conversation_id, answered_by, answered_at)
         SELECT gen_random_uuid(), conversation_id, 'bo', $1 FROM conversation`,
        [deps.clock.now()],
      );
      const [after] = await process([picture(5)]);
      const [later] = dialogEventBatchSchema.parse(after).events;
      assert.ok(later?.type === 'UNHANDLED_MESSAGE_RECEIVED' && later.wordless === undefined);
    } finally {
      await pool.query('DELETE FROM conversation');
    }
  });

  it('without a number follow the programme of the default sender: its registration and its name', async () => {
    await forget();
    assert.deepEqual(await process([startOf('handwashing', instance, 1)]), []);
    await process([adHoc('Hello', undefined, 2)]);
    const [batch] = await readBatches(pool, person);
    assert.equal(batch?.programmeSlug, programme.slug);
  });

  it('that are refused are counted and logged, a drill that does not exist as an error', async () => {
    await forget();
    await process([texted('CLEAN2026', undefined, 1)]);
    await process([startOf('no-such-drill', instance, 2)]);
    await pool.query(
      `INSERT INTO suppression (phone_number, change_id, source, reason, added_at)
       VALUES ($1, gen_random_uuid(), 'user_opt_out', 'test', now())`,
      [person],
    );
    await process([texted('stop', { consent: 'opted_out' }, 3), adHoc('Hello', undefined, 4)]);
    await pool.query('DELETE FROM suppression');
    assert.deepEqual(logged, [
      {
        level: 'error',
        message: 'a drill that does not exist was to start',
        commandId: id(2),
        phoneNumber: person,
        type: 'START_DRILL',
        reason: 'unknown_drill',
        drillSlug: 'no-such-drill',
      },
      {
        level: 'info',
        message: 'a command was refused',
        commandId: id(4),
        phoneNumber: person,
        type: 'SEND_AD_HOC_MESSAGE',
        reason: 'opted_out',
        drillSlug: undefined,
      },
    ]);
    assert.deepEqual(counted, [
      { name: 'CommandsRefused', value: 1, Reason: 'unknown_drill' },
      { name: 'CommandsRefused', value: 1, Reason: 'opted_out' },
    ]);
  });

  it('of campaigns begin while these are active, and leave an answer each, once', async () => {
    await forget();
    await pool.query('DELETE FROM campaign_drill_answer');
    const insert = (campaignId: string, status: string) =>
      pool.query(
        `INSERT INTO campaign (campaign_id, name, type, intent, definition, status, paused_from, created_by, created_at, updated_at)
         VALUES ($1, 'Lessons', 'drill', 'transactional', '{}', $2, CASE $2 WHEN 'paused' THEN 'active' END, 'test', now(), now())`,
        [campaignId, status],
      );
    await insert(id(801), 'active');
    await insert(id(802), 'paused');
    const asked = (campaign: number, n: number, slug = 'handwashing') =>
      ofCampaign(startOf(slug, id(700 + n), n), undefined, { campaignId: id(campaign), contactId: id(900) });
    const commands = [asked(801, 11), asked(802, 12), asked(803, 13), asked(801, 14, 'no-such-drill')];
    await process([texted('CLEAN2026', undefined, 1), ...commands, asked(801, 11)]);
    await process(commands);
    const { rows } = await pool.query(
      'SELECT command_id, campaign_id, contact_id, refusal FROM campaign_drill_answer ORDER BY command_id',
    );
    assert.deepEqual(
      rows.map(({ campaign_id, command_id, contact_id, refusal }) => [
        command_id,
        campaign_id,
        contact_id,
        refusal,
      ]),
      [
        [id(11), id(801), id(900), null],
        [id(12), id(802), id(900), 'campaign_not_active'],
        [id(13), id(803), id(900), 'campaign_not_active'],
        [id(14), id(801), id(900), 'unknown_drill'],
      ],
    );
    const [state] = await states();
    assert.equal(state?.drillInstanceId, id(711));
  });

  it('register so many people with a code as it is for, whoever hears of them, and each once', async () => {
    await forget();
    await pool.query('DELETE FROM registration_code_use');
    const limited = {
      ...programme,
      codes: programme.codes.map((code) => (code.code === 'CLEAN2026' ? { ...code, maxUses: 2 } : code)),
    };
    const limitedConsumer = () =>
      dialogConsumer({
        ...deps,
        drills: drillsFrom({ drills: [...drills], programmes: [limited] }),
      });
    const register = (phones: readonly number[]) =>
      inTransaction(pool, async (tx) => {
        const one = limitedConsumer();
        const values = phones.map((n) => ({
          ...texted('clean2026!', undefined, n),
          phoneNumber: phoneNumber(`+1415555${String(100 + n).padStart(4, '0')}`),
        }));
        const { entries } = await one.apply(
          tx,
          values.map((value, index) => ({
            value,
            sequenceNumber: String(index),
            partitionKey: value.phoneNumber,
            body: '',
            arrivedAt: new Date(0),
          })),
        );
        return entries.map(({ body }) => dialogEventBatchSchema.parse(JSON.parse(body)).events[0]?.type);
      });
    // Two tasks at once, and one of them with more than are left.
    const at = await Promise.all([register([21]), register([22, 23])]);
    assert.deepEqual(at.flat().sort(), ['USER_VALIDATED', 'USER_VALIDATED', 'USER_VALIDATION_FAILED']);
    assert.deepEqual(await register([21, 22, 23]), [], 'read again');
    assert.deepEqual(await register([24]), ['USER_VALIDATION_FAILED']);
    const { rows } = await pool.query('SELECT programme_slug, code, uses FROM registration_code_use');
    assert.deepEqual(rows, [{ programme_slug: programme.slug, code: 'clean2026', uses: 2 }]);
  });

  it('leave a drill in flight as it was begun, whatever is published meanwhile', async () => {
    await forget();
    const [handwashing] = drills;
    assert.ok(handwashing);
    const edited = {
      ...handwashing,
      version: handwashing.version + 1,
      prompts: handwashing.prompts.slice(0, 1),
    };
    await process([texted('CLEAN2026', undefined, 31), startOf('handwashing', instance, 32)]);
    const newer = dialogConsumer({
      ...deps,
      drills: drillsFrom({ drills: [edited], programmes: [programme] }),
    });
    await inTransaction(pool, (tx) =>
      newer.apply(tx, [
        {
          value: texted('what is that', undefined, 33),
          sequenceNumber: '1',
          partitionKey: person,
          body: '',
          arrivedAt: new Date(0),
        },
      ]),
    );
    const [state] = await states();
    assert.deepEqual(state?.currentDrill, handwashing);
  });

  it('leave states that are the fold of their stored events, with versions that grow by one', async () => {
    await fc.assert(
      fc.asyncProperty(anySequence, async ([commands, sizes]) => {
        await forget();
        for (const part of divided(commands, sizes)) await process(part);
        const stored = await states();
        for (const person of people) {
          const batches = await readBatches(pool, person);
          assert.deepEqual(
            batches.map(({ version }) => version),
            batches.map((_, index) => index + 1),
          );
          assert.deepEqual(
            stored.find(({ phoneNumber }) => phoneNumber === person) ?? null,
            rebuild(batches),
          );
        }
      }),
      { numRuns: runs(40) },
    );
  });

  it('do nothing when any prefix of them is read again, divided in any way', async () => {
    await fc.assert(
      fc.asyncProperty(anySequence, fc.nat(40), async ([commands, sizes], prefix) => {
        await forget();
        for (const part of divided(commands, sizes)) await process(part);
        const before = await states();
        for (const part of divided(commands.slice(0, prefix), [...sizes].reverse())) {
          assert.deepEqual(await process(part), []);
        }
        assert.deepEqual(await states(), before);
      }),
      { numRuns: runs(40) },
    );
  });

  it('come to the same however they are divided into transactions', async () => {
    await fc.assert(
      fc.asyncProperty(anySequence, async ([commands, sizes]) => {
        await forget();
        const whole = await process(commands);
        const afterWhole = await states();
        await forget();
        const parts: unknown[] = [];
        for (const part of divided(commands, sizes)) parts.push(...(await process(part)));
        assert.deepEqual(parts, whole);
        assert.deepEqual(await states(), afterWhole);
      }),
      { numRuns: runs(25) },
    );
  });

  it('are forgotten after their time, a limited number at once', async () => {
    await emptyTables(pool, 'processed_command');
    await pool.query(
      `INSERT INTO processed_command (command_id, processed_at)
       SELECT gen_random_uuid(), now() - n * interval '1 day' FROM generate_series(28, 33) AS n`,
    );
    assert.equal(await forgetProcessed(pool, 30, 2), 2);
    assert.equal(await forgetProcessed(pool, 30, 2), 2);
    assert.equal(await forgetProcessed(pool, 30, 2), 0);
  });
});
