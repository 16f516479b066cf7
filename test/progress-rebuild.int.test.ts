import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { DialogState } from '#shared/contracts/dialog-state.ts';
import { anyCommand, factsFor, people } from '#shared/dialog/any-command.ts';
import { DrillSnapshots } from '#shared/dialog/drill-snapshots.ts';
import { executeBatch } from '#shared/dialog/execute-batch.ts';
import {
  drills,
  id,
  now,
  openProgramme,
  programme,
  startOf,
  texted,
  update,
} from '#shared/dialog/sample-dialog.ts';
import { appendBatches, writeStates } from '#shared/dialog/store.ts';
import { drillsFrom } from '#shared/drills/drills.ts';
import { FENCE } from '#shared/erasure/fence.ts';
import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction } from '#shared/postgres/pool.ts';
import { runs } from '#test/properties/runs.ts';
import { FaultsFound, UsageError } from '../apps/ops/arguments.ts';
import { runConsentCommand } from '../apps/ops/consent/run.ts';
import { progressConsumer } from '../apps/progress/follow-events.ts';
import { ManualClock } from './manual-clock.ts';
import { TEST_KEY_PEPPER, testPseudonyms } from './pseudonyms.ts';
import { emptyTables } from './stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from './stack/stack.ts';

const MINUTE = 60_000;
const TABLES = `drill_progress, participant, event_position, quarantined_record, dialog_state, dialog_event_batch, drill_instance,
   drill_report, drill_wrong_answer, erased_phone`;
// Later that day, and so the same for whoever works it out within the hours of a history.
const delivery = { time: '18:00', days: [1, 2, 3, 4, 5, 6, 7], idleHours: 1, spreadMinutes: 30 };
const programmes = [
  { ...programme, delivery },
  { ...openProgramme, senderNumbers: [phoneNumber('+14155550197')], delivery },
];
const consumer = progressConsumer(drillsFrom({ drills, programmes }), testPseudonyms);
const person = people[0] ?? assert.fail('there is nobody');

interface Part {
  commands: readonly DialogCommand[];
  /** Batches of it that progress has not seen yet. */
  unfollowed: number;
  enrols: PhoneNumber | null;
}

/** Commands that are executed together, followed up to a place, and perhaps somebody whom a list enrols behind them. */
const part: fc.Arbitrary<Part> = fc.record({
  commands: fc.array(anyCommand, { minLength: 1, maxLength: 12 }),
  unfollowed: fc.integer({ min: 0, max: 3 }),
  enrols: fc.option(fc.constantFrom(...people)),
});

/** Somebody is asked a question and answers it wrong. */
const wrongAnswer: DialogCommand[] = [
  { ...startOf('handwashing', id(900), 200), phoneNumber: person },
  { ...texted('5 seconds', undefined, 201), phoneNumber: person },
];

describe('Progress and participants', function () {
  this.timeout(300_000);
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
    await database.adminPool.query(
      `INSERT INTO programme (slug, definition, created_at, updated_at, updated_by)
       SELECT definition ->> 'slug', definition, $2, $2, 'test' FROM unnest($1::jsonb[]) AS definition`,
      [programmes.map((each) => JSON.stringify(each)), new Date(0)],
    );
  });
  beforeEach(() => emptyTables(database.adminPool, TABLES));
  after(() => database.drop());

  const clock = new ManualClock(now);
  const ops = async (...args: string[]): Promise<string> => {
    const said: string[] = [];
    await runConsentCommand(args, {
      ...{ pool: database.adminPool, clock, pseudonyms: testPseudonyms, keyPepper: TEST_KEY_PEPPER },
      say: (line) => said.push(line),
      by: 'ann',
    }).catch((error: unknown) => {
      if (!(error instanceof FaultsFound)) throw error;
      said.push('faults found');
    });
    return said.join('\n');
  };
  const stored = async () => {
    const { rows: progress } = await database.adminPool.query(
      'SELECT * FROM drill_progress ORDER BY phone_number, programme_slug, drill_slug',
    );
    const { rows: participants } = await database.adminPool.query(
      'SELECT * FROM participant ORDER BY phone_number, programme_slug',
    );
    return { progress, participants };
  };
  const followed = (batches: readonly DialogEventBatch[]): Promise<void> =>
    inTransaction(database.adminPool, async (tx) => {
      const records = batches.map((value, index) => ({
        ...{ value, sequenceNumber: String(index), partitionKey: value.phoneNumber },
        ...{ body: JSON.stringify(value), arrivedAt: new Date(0) },
      }));
      await consumer.apply(tx, records);
    });

  /** What the dialog makes of a history, and progress of it: all but the last few batches of the last part. */
  async function live(parts: readonly Part[]): Promise<void> {
    const states = new Map<DialogState['phoneNumber'], DialogState>();
    const processed = new Set<string>();
    const at = new ManualClock(now);
    let waiting: DialogEventBatch[] = [];
    const validated = people.map((phone, n) => ({
      ...update({ profile: { validated: true } }, 70 + n),
      phoneNumber: phone,
    }));
    for (const [n, { commands, enrols, unfollowed }] of parts.entries()) {
      at.skip(MINUTE);
      const result = executeBatch({
        ...{ states, versions: new Map(), processed, now: at.now() },
        commands: n === 0 ? [...validated, ...commands] : commands,
        factsOf: factsFor(new Set()),
      });
      for (const [phone, state] of result.changed) states.set(phone, state);
      for (const id of result.processed) processed.add(id);
      await inTransaction(database.adminPool, async (tx) => {
        await appendBatches(tx, result.batches);
        await writeStates(tx, new DrillSnapshots(), [...result.changed.values()], at.now());
      });
      waiting.push(...result.batches);
      const isLast = n === parts.length - 1;
      // Whoever is enrolled has been followed up to then; in between, progress may be behind.
      const until = waiting.length - (enrols !== null && !isLast ? 0 : unfollowed);
      await followed(waiting.slice(0, Math.max(0, until)));
      waiting = waiting.slice(Math.max(0, until));
      if (enrols === null || isLast) continue;
      at.skip(MINUTE);
      await database.adminPool.query(
        `INSERT INTO participant (phone_number, programme_slug, enrolled_by, enrolled_at, time_zone)
         VALUES ($1, $2, 'list', $3, 'America/Denver') ON CONFLICT DO NOTHING`,
        [enrols, openProgramme.slug, at.now()],
      );
    }
    clock.skip(at.now().getTime() - clock.now().getTime());
  }

  it('follow from events, whatever happened, and can be worked out anew from them alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 2, maxLength: 8 }), async (parts) => {
        await emptyTables(database.adminPool, TABLES);
        await live(parts);
        const before = await stored();
        assert.match(await ops('progress', 'check'), /^3 people compared, 0 differ from their events$/);
        assert.match(await ops('progress', 'rebuild', '--all', '--yes'), /^nothing to do/);
        assert.deepEqual(await stored(), before);

        await database.adminPool.query('DELETE FROM drill_progress');
        await database.adminPool.query(`DELETE FROM participant WHERE enrolled_by <> 'list'`);
        await database.adminPool.query(
          `UPDATE participant SET last_interacted_at = $1, drill_instance_id = NULL, prompt_slug = NULL, opted_out = NOT opted_out,
                  delivery_time = NULL, completed_at = NULL`,
          [new Date(0)],
        );
        await ops('progress', 'rebuild', '--all', '--yes');
        const rebuilt = await stored();
        assert.deepEqual(rebuilt.progress, before.progress);
        assert.deepEqual(rebuilt.participants.map(withoutDue), before.participants.map(withoutDue));
      }),
      { numRuns: runs(25) },
    );
  });

  it('are checked and mended for one person, for one programme, or for all; nothing is written unless it is asked for', async () => {
    const [text] = fc.sample(
      anyCommand.filter(({ type }) => type === 'INBOUND_SMS'),
      1,
    );
    assert.ok(text?.type === 'INBOUND_SMS');
    const more = (n: number, to: string): DialogCommand => ({
      ...text,
      commandId: `00000000-0000-4000-8000-00000000010${n}`,
      phoneNumber: person,
      payload: { ...text.payload, to: phoneNumber(to), body: 'more', optOutType: undefined, consent: null },
    });
    const commands = [more(1, '+14155550197')];
    await live([{ commands, unfollowed: 0, enrols: null }]);
    const before = await stored();
    assert.deepEqual(
      before.participants.map(({ programme_slug: slug }) => slug),
      ['open-hands'],
    );
    await database.adminPool.query(`UPDATE participant SET last_interacted_at = NULL, next_start_at = NULL`);

    const said = await ops('progress', 'check');
    assert.match(said, /open-hands\.participant\.lastInteractedAt: stored null, by its events \d+/);
    assert.match(said, /open-hands\.participant\.startsByItself: stored false, by its events true/);
    assert.match(said, /3 people compared, 1 differ from their events\nfaults found$/);
    assert.match(await ops('progress', 'check', '--programme', 'clean-hands'), /0 differ/);
    assert.match(await ops('progress', 'check', person), /1 people compared, 1 differ/);
    assert.match(await ops('progress', 'show', person), /"lastInteractedAt": null[\s\S]*startsByItself/);
    assert.match(await ops('progress', 'rebuild', person), /nothing was done; --yes/);
    assert.match(await ops('progress', 'rebuild', '--programme', 'clean-hands', '--yes'), /^nothing to do/);
    assert.notDeepEqual(await stored(), before);

    assert.match(await ops('progress', 'rebuild', person, '--yes'), /1 of 1 people rebuilt/);
    assert.deepEqual(await stored(), before);
    for (const args of [[], [person, '--all'], ['--programme', 'none', '--yes'], ['+1']]) {
      await assert.rejects(ops('progress', 'rebuild', ...args), UsageError, args.join(' '));
    }
  });

  it('say what was asked for in the order of then when the programme has changed since', async () => {
    await live([{ commands: [], unfollowed: 0, enrols: null }]);
    await database.adminPool.query(
      `INSERT INTO drill_progress (phone_number, programme_slug, drill_slug, drill_instance_id, requested_at)
       VALUES ($1, 'clean-hands', 'vaccines', gen_random_uuid(), $2)`,
      [person, now],
    );
    assert.match(await ops('progress', 'check'), /vaccines: stored .*, by its events nothing/);
    await database.adminPool.query(`UPDATE programme SET updated_at = $1`, [new Date(now.getTime() + 1)]);
    try {
      assert.match(await ops('progress', 'check'), /0 differ/);
    } finally {
      await database.adminPool.query('UPDATE programme SET updated_at = $1', [new Date(0)]);
    }
  });

  it('keep what was asked for in the order of then also where something else of the person is mended', async () => {
    const start = { ...startOf('handwashing', id(900), 200), phoneNumber: person };
    await live([{ commands: [start], unfollowed: 0, enrols: null }]);
    await database.adminPool.query(
      `INSERT INTO drill_progress (phone_number, programme_slug, drill_slug, drill_instance_id, requested_at)
       VALUES ($1, 'clean-hands', 'vaccines', gen_random_uuid(), $2)`,
      [person, now],
    );
    await database.adminPool.query(`UPDATE programme SET updated_at = $1`, [
      new Date(now.getTime() + 5 * MINUTE),
    ]);
    try {
      const before = await stored();
      await database.adminPool.query(
        `UPDATE drill_progress SET started_at = NULL WHERE drill_slug = 'handwashing'`,
      );
      assert.match(await ops('progress', 'rebuild', person, '--yes'), /1 of 1 people rebuilt/);
      assert.deepEqual(await stored(), before);
    } finally {
      await database.adminPool.query('UPDATE programme SET updated_at = $1', [new Date(0)]);
    }
  });

  it('are compared without keeping anybody waiting, where there is nothing to mend', async () => {
    await live([{ commands: wrongAnswer, unfollowed: 0, enrols: null }]);
    const following = await database.adminPool.connect();
    try {
      await following.query('BEGIN');
      // As every batch of a stream does.
      await following.query('SELECT pg_advisory_xact_lock_shared(hashtext($1))', [FENCE]);
      assert.match(await ops('progress', 'rebuild', '--all', '--yes'), /^nothing to do/);
    } finally {
      await following.query('ROLLBACK');
      following.release();
    }
  });

  const reports = async () => {
    const sorted = async (table: string, columns: string) =>
      (await database.adminPool.query(`SELECT * FROM ${table} ORDER BY ${columns}`)).rows;
    return {
      instances: await sorted('drill_instance', 'phone_number, drill_instance_id'),
      counts: await sorted(
        'drill_report',
        'programme_slug, drill_slug, drill_version, language, prompt_slug',
      ),
      // How somebody wrote it first depends on who comes first.
      answers: (
        await sorted(
          'drill_wrong_answer',
          'programme_slug, drill_slug, drill_version, language, prompt_slug, answer',
        )
      ).map(({ example, ...row }) => row),
    };
  };

  it('and reports of drills follow from the same events, and are worked out anew beside those that stand', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 2, maxLength: 8 }), async (parts) => {
        await emptyTables(database.adminPool, TABLES);
        await live(parts);
        const before = await reports();
        assert.match(
          await ops('reports', 'check'),
          /those of 0 differ[\s\S]*\n0 counts of reports differ[\s\S]*events$/,
        );
        assert.match(await ops('reports', 'rebuild', '--yes'), /nothing to do$/);

        await emptyTables(database.adminPool, 'drill_instance, drill_report, drill_wrong_answer');
        await ops('reports', 'rebuild', '--yes');
        assert.deepEqual(await reports(), before);
      }),
      { numRuns: runs(15) },
    );
    const { rows } = await database.adminPool.query(
      `SELECT FROM pg_namespace WHERE nspname = 'report_rebuild'`,
    );
    assert.equal(rows.length, 0, 'what was made for it is still there');
  });

  it('say which counts of reports differ, mend them when told to, and give up those of erased people only when told so', async () => {
    await live([{ commands: wrongAnswer, unfollowed: 0, enrols: null }]);
    const before = await reports();
    assert.deepEqual(
      before.answers.map(({ answer, only_phone: by }) => [answer, by]),
      [['5 seconds', person]],
    );
    await database.adminPool.query('UPDATE drill_report SET wrong = wrong + 2, answer_times[1] = 9');
    await database.adminPool.query('UPDATE drill_wrong_answer SET only_phone = NULL');
    await database.adminPool.query('UPDATE drill_instance SET tries = 7');
    const said = await ops('reports', 'check');
    assert.match(said, /\.prompt\.tries: stored 7, by its events 1/);
    assert.match(said, /clean-hands handwashing v1 en how-long: wrong stored 3, by the events 1/);
    assert.match(said, /how-long: answer_times\.0 stored 9, by the events \d/);
    assert.match(said, /how-long: wrong answer "5 seconds" stored 1, by the events 1, of others/);
    assert.match(said, /3 counts of reports differ from their events\nfaults found$/);
    assert.match(await ops('reports', 'rebuild'), /nothing was done; --yes/);

    await database.adminPool.query(
      "INSERT INTO erasure_key (key_version, proof) VALUES (1, 'proof') ON CONFLICT DO NOTHING",
    );
    await database.adminPool.query(
      `INSERT INTO erased_phone (pseudonym, key_version, erased_at, dialog_version, reason, erased_by)
       VALUES ('erased:1:' || repeat('0', 64), 1, now(), 3, 'asked', 'ann')`,
    );
    const careful = await ops('reports', 'check');
    assert.match(careful, /1 people were erased[\s\S]*\n0 counts of reports differ/);
    await database.adminPool.query('UPDATE drill_report SET reached = 0');
    assert.match(await ops('reports', 'check'), /reached stored 0, by the events 1\n1 counts/);
    await assert.rejects(ops('reports', 'rebuild', '--yes'), /--without-erased/);
    assert.match(await ops('reports', 'rebuild', '--yes', '--without-erased'), /rebuilt$/);
    assert.deepEqual(await reports(), before);
  });
});

/** What is due is the schedule's: of a row that was gone it is worked out anew. */
const withoutDue = ({ due_at, next_start_at, remind_at, armed_for, ...row }: Record<string, unknown>) => row;
