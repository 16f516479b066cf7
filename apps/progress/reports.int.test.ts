import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { anyCommand, factsFor, people } from '#shared/dialog/any-command.ts';
import { executeBatch } from '#shared/dialog/execute-batch.ts';
import { drills, now, openProgramme, programme, update } from '#shared/dialog/sample-dialog.ts';
import { drillsFrom } from '#shared/drills/drills.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { foldReports, type WrongAnswerIncrement } from '#shared/reports/fold.ts';
import { MOST_WRONG_ANSWERS, writeReports } from '#shared/reports/store.ts';
import { runs } from '#test/properties/runs.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { progressConsumer } from './follow-events.ts';

const otherNumber = phoneNumber('+14155550197');
const TABLES = `drill_progress, participant, event_position, quarantined_record, drill_instance, drill_report,
                drill_wrong_answer`;

/** Where a consumer goes on reading, how far at a time, and whether it crashes before it commits. */
const step = fc.record({
  back: fc.integer({ min: 0, max: 4 }),
  size: fc.integer({ min: 1, max: 12 }),
  crash: fc.boolean(),
});

/** So that drills can begin: ids that no other command has. */
const validated = people.map((phone, n) => ({
  ...{ ...update({ profile: { validated: true } }, 70 + n), phoneNumber: phone },
}));

class Crash extends Error {}

describe('Reports in PostgreSQL', () => {
  let database: TestDatabase;
  let pool: Pool;
  const consumer = progressConsumer(
    drillsFrom({ drills, programmes: [programme, { ...openProgramme, senderNumbers: [otherNumber] }] }),
    testPseudonyms,
  );
  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
  });
  beforeEach(() => emptyTables(pool, TABLES));
  after(() => database.drop());

  /** Reads batches of a shard to the end, over steps that repeat themselves and crash; then all of it once more. */
  async function consume(
    batches: readonly DialogEventBatch[],
    steps: readonly { back: number; size: number; crash: boolean }[],
  ): Promise<void> {
    const apply = (from: number, to: number, crash: boolean) =>
      inTransaction(pool, async (tx) => {
        const records = batches.slice(from, to).map((value, index) => ({
          value,
          sequenceNumber: String(from + index),
          partitionKey: value.phoneNumber,
          body: JSON.stringify(value),
          arrivedAt: new Date(0),
        }));
        await consumer.apply(tx, records);
        if (crash) throw new Crash();
      }).catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      });
    let reached = 0;
    for (const { back, size, crash } of steps) {
      await apply(Math.max(0, reached - back), reached + size, crash);
      if (!crash) reached += size;
    }
    await apply(Math.max(0, reached - 3), batches.length, false);
    await apply(0, batches.length, false);
  }

  const stored = async () => {
    const { rows: reports } = await pool.query<Record<string, unknown>>('SELECT * FROM drill_report');
    const { rows: answers } = await pool.query<Record<string, unknown>>('SELECT * FROM drill_wrong_answer');
    const { rows: instances } = await pool.query<Record<string, unknown>>(
      `SELECT phone_number, drill_instance_id, drill_slug, prompt_slug, prompt_place, tries, language, started_at, ended, ended_at
         FROM drill_instance`,
    );
    return { reports: sorted(reports), answers: sorted(answers), instances: sorted(instances) };
  };

  it('equal the fold of the events behind them, after replays, crashes and with two consumers at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyCommand, { minLength: 20, maxLength: 80 }),
        fc.array(step, { maxLength: 8 }),
        fc.array(step, { maxLength: 8 }),
        async (commands, first, second) => {
          await emptyTables(pool, TABLES);
          const { batches } = executeBatch({
            ...{ states: new Map(), versions: new Map(), processed: new Set<string>(), now },
            commands: [...validated, ...commands],
            factsOf: factsFor(new Set()),
          });
          const isFirst = ({ phoneNumber: phone }: DialogEventBatch): boolean => phone === people[0];
          await Promise.all([
            consume(batches.filter(isFirst), first),
            consume(
              batches.filter((batch) => !isFirst(batch)),
              second,
            ),
          ]);
          assert.deepEqual(await stored(), expected(batches));
        },
      ),
      { numRuns: runs(40) },
    );
  });

  const key = { programmeSlug: 'p', drillSlug: 'd', drillVersion: 1, language: 'en', promptSlug: 'q' };
  const wrong = (answer: string, onlyPhone: string | null, count = 1): WrongAnswerIncrement => ({
    ...{ ...key, answer, example: answer, onlyPhone, count },
  });
  const write = (...wrongAnswers: WrongAnswerIncrement[]) =>
    inTransaction(pool, (tx) => writeReports(tx, { instances: [], increments: [], wrongAnswers }));

  it('know of words who alone wrote them, until somebody else does', async () => {
    const only = async () =>
      (await pool.query('SELECT only_phone, count FROM drill_wrong_answer')).rows.map(Object.values);
    await write(wrong('soap', '+14155550101'));
    await write(wrong('soap', '+14155550101'));
    assert.deepEqual(await only(), [['+14155550101', 2]]);
    await write(wrong('soap', '+14155550102'));
    await write(wrong('soap', '+14155550101'));
    assert.deepEqual(await only(), [[null, 4]]);
  });

  it('keep a bounded number of wrong answers, the frequent ones, and count them all', async () => {
    await write(wrong('frequent', null, 50));
    const ROUNDS = 5;
    const SIZE = MOST_WRONG_ANSWERS - 50;
    for (let round = 0; round < ROUNDS; round += 1) {
      await write(...Array.from({ length: SIZE }, (_, n) => wrong(`${round} ${n}`, '+14155550101')));
      const { rows } = await pool.query<{ kept: number; all: number; frequent: number }>(
        `SELECT count(*)::int AS kept, sum(count)::int AS all, sum(count) FILTER (WHERE answer = 'frequent')::int AS frequent
           FROM drill_wrong_answer`,
      );
      const [row] = rows;
      assert.ok(row && row.kept <= MOST_WRONG_ANSWERS + 1, String(row?.kept));
      assert.deepEqual([row.all, row.frequent], [50 + SIZE * (round + 1), 50]);
    }
  });
});

const sorted = (rows: readonly Record<string, unknown>[]): string[] =>
  rows
    .map((row) =>
      JSON.stringify(Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))),
    )
    .sort();

/** What the tables hold of all batches, by the fold alone. */
function expected(batches: readonly DialogEventBatch[]) {
  const { increments, instances, wrongAnswers } = foldReports(batches, []);
  const columns = ({
    programmeSlug,
    drillSlug,
    drillVersion,
    language,
    promptSlug,
  }: (typeof increments)[number] | WrongAnswerIncrement) => ({
    programme_slug: programmeSlug,
    drill_slug: drillSlug,
    drill_version: drillVersion,
    prompt_slug: promptSlug,
    language,
  });
  const none = Object.fromEntries(
    [
      ...[
        'reached',
        'passed',
        'passed_first',
        'noted',
        'wrong',
        'abandoned',
        'reminded',
        'closed',
        'completed',
      ],
      ...['dropped_replaced', 'dropped_opted_out', 'dropped_left', 'dropped_reset', 'dropped_erased'],
    ].map((measure) => [measure, 0]),
  );
  return {
    reports: sorted(
      increments.map(({ answerTimes, counts, place, ...row }) => ({
        ...none,
        ...counts,
        ...columns({ ...row, place, counts, answerTimes }),
        place,
        answer_times: answerTimes,
      })),
    ),
    answers: sorted(
      wrongAnswers.map((row) => ({
        ...columns(row),
        answer: row.answer,
        count: row.count,
        only_phone: row.onlyPhone,
        example: row.example,
      })),
    ),
    instances: sorted(
      instances.map(({ prompt, ended, ...instance }) => ({
        phone_number: instance.phoneNumber,
        drill_instance_id: instance.drillInstanceId,
        drill_slug: instance.drillSlug,
        prompt_slug: prompt.slug,
        prompt_place: prompt.place,
        tries: prompt.tries,
        language: prompt.language,
        started_at: new Date(instance.startedAt).toISOString(),
        ended: ended?.how ?? null,
        ended_at: ended === null ? null : new Date(ended.at).toISOString(),
      })),
    ),
  };
}
