import type { Transaction } from '#shared/postgres/pool.ts';
import type { DrillInstance, Ending, ReportChanges, ReportIncrement, WrongAnswerIncrement } from './fold.ts';

/** Wrong answers that are kept of a prompt; the next ones make room of the rarest half. */
export const MOST_WRONG_ANSWERS = 300;

interface StoredInstance {
  phone_number: string;
  drill_instance_id: string;
  programme_slug: string;
  drill_slug: string;
  drill_version: number;
  language: string;
  prompt_slug: string;
  prompt_place: number;
  prompt_started_at: Date;
  tries: number;
  started_at: Date;
  ended_at: Date | null;
  ended: Ending | null;
}

const COLUMNS = `phone_number, drill_instance_id, programme_slug, drill_slug, drill_version, language, prompt_slug, prompt_place,
  prompt_started_at, tries, started_at, ended_at, ended`;

/** Drills of these people that have not ended. */
export async function readInFlight(tx: Transaction, phones: readonly string[]): Promise<DrillInstance[]> {
  const { rows } = await tx.query<StoredInstance>(
    `SELECT ${COLUMNS} FROM drill_instance WHERE phone_number = ANY ($1) AND ended_at IS NULL`,
    [phones],
  );
  return rows.map(fromRow);
}

/** All drills of these people. */
export async function readInstances(tx: Transaction, phones: readonly string[]): Promise<DrillInstance[]> {
  const { rows } = await tx.query<StoredInstance>(
    `SELECT ${COLUMNS} FROM drill_instance WHERE phone_number = ANY ($1)`,
    [phones],
  );
  return rows.map(fromRow);
}

const fromRow = (row: StoredInstance): DrillInstance => ({
  phoneNumber: row.phone_number,
  drillInstanceId: row.drill_instance_id,
  programmeSlug: row.programme_slug,
  drillSlug: row.drill_slug,
  drillVersion: row.drill_version,
  prompt: {
    slug: row.prompt_slug,
    place: row.prompt_place,
    language: row.language,
    startedAt: row.prompt_started_at.getTime(),
    tries: row.tries,
    waits: row.ended === null,
  },
  startedAt: row.started_at.getTime(),
  ended: row.ended === null || row.ended_at === null ? null : { how: row.ended, at: row.ended_at.getTime() },
});

/** Puts other drills in the place of all that these people have. The caller holds the fence: nobody else writes them. */
export async function replaceInstances(
  tx: Transaction,
  byPhone: ReadonlyMap<string, readonly DrillInstance[]>,
): Promise<void> {
  if (byPhone.size === 0) return;
  await tx.query('DELETE FROM drill_instance WHERE phone_number = ANY ($1)', [[...byPhone.keys()]]);
  await writeInstances(tx, [...byPhone.values()].flat());
}

/**
 * Writes what a run of batches changed. Last in a transaction: everybody who is asked the same question shares its row,
 * which is locked until the commit. Rows of reports are taken in the order of their keys, so that those who write the same
 * ones wait for each other and never in a circle; whoever has the row of a prompt has its wrong answers.
 */
export async function writeReports(tx: Transaction, changes: ReportChanges): Promise<void> {
  await writeInstances(tx, changes.instances);
  await addIncrements(tx, changes.increments);
  await addWrongAnswers(tx, changes.wrongAnswers);
}

async function writeInstances(tx: Transaction, instances: readonly DrillInstance[]): Promise<void> {
  if (instances.length === 0) return;
  const rows = instances.map(({ prompt, startedAt, ended, ...instance }) => ({
    phone_number: instance.phoneNumber,
    drill_instance_id: instance.drillInstanceId,
    programme_slug: instance.programmeSlug,
    drill_slug: instance.drillSlug,
    drill_version: instance.drillVersion,
    language: prompt.language,
    prompt_slug: prompt.slug,
    prompt_place: prompt.place,
    prompt_started_at: new Date(prompt.startedAt),
    tries: prompt.tries,
    started_at: new Date(startedAt),
    ended_at: ended === null ? null : new Date(ended.at),
    ended: ended?.how ?? null,
  }));
  await tx.query(
    `INSERT INTO drill_instance (phone_number, drill_instance_id, programme_slug, drill_slug, drill_version, language,
                                 prompt_slug, prompt_place, prompt_started_at, tries, started_at, ended_at, ended)
     SELECT phone_number, drill_instance_id, programme_slug, drill_slug, drill_version, language, prompt_slug, prompt_place,
            prompt_started_at, tries, started_at, ended_at, ended
       FROM jsonb_to_recordset($1::jsonb) AS given (
              phone_number text, drill_instance_id uuid, programme_slug text, drill_slug text, drill_version integer,
              language text, prompt_slug text, prompt_place integer, prompt_started_at timestamptz, tries integer,
              started_at timestamptz, ended_at timestamptz, ended text)
      ORDER BY phone_number, drill_instance_id
     ON CONFLICT (phone_number, drill_instance_id) DO UPDATE
        SET (programme_slug, drill_slug, drill_version, language, prompt_slug, prompt_place, prompt_started_at, tries,
             started_at, ended_at, ended)
          = (excluded.programme_slug, excluded.drill_slug, excluded.drill_version, excluded.language, excluded.prompt_slug,
             excluded.prompt_place, excluded.prompt_started_at, excluded.tries, excluded.started_at, excluded.ended_at,
             excluded.ended)`,
    [JSON.stringify(rows)],
  );
}

async function addIncrements(tx: Transaction, increments: readonly ReportIncrement[]): Promise<void> {
  if (increments.length === 0) return;
  const rows = increments.map(({ counts, answerTimes, place, ...key }) => ({
    ...keyColumns(key),
    ...counts,
    place,
    answer_times: answerTimes,
  }));
  await tx.query(
    `INSERT INTO drill_report AS report
            (programme_slug, drill_slug, drill_version, language, prompt_slug, place, reached, passed, passed_first, noted,
             wrong, abandoned, reminded, closed, completed, dropped_replaced, dropped_opted_out, dropped_left, dropped_reset,
             answer_times)
     SELECT programme_slug, drill_slug, drill_version, language, prompt_slug, place, coalesce(reached, 0),
            coalesce(passed, 0), coalesce(passed_first, 0), coalesce(noted, 0), coalesce(wrong, 0), coalesce(abandoned, 0),
            coalesce(reminded, 0), coalesce(closed, 0), coalesce(completed, 0), coalesce(dropped_replaced, 0),
            coalesce(dropped_opted_out, 0), coalesce(dropped_left, 0), coalesce(dropped_reset, 0), answer_times
       FROM jsonb_to_recordset($1::jsonb) AS given (
              programme_slug text, drill_slug text, drill_version integer, language text, prompt_slug text, place integer,
              reached bigint, passed bigint, passed_first bigint, noted bigint, wrong bigint, abandoned bigint,
              reminded bigint, closed bigint, completed bigint, dropped_replaced bigint, dropped_opted_out bigint,
              dropped_left bigint, dropped_reset bigint, answer_times integer[])
      ORDER BY programme_slug, drill_slug, drill_version, language, prompt_slug
     ON CONFLICT (programme_slug, drill_slug, drill_version, language, prompt_slug) DO UPDATE
        SET reached = report.reached + excluded.reached,
            passed = report.passed + excluded.passed,
            passed_first = report.passed_first + excluded.passed_first,
            noted = report.noted + excluded.noted,
            wrong = report.wrong + excluded.wrong,
            abandoned = report.abandoned + excluded.abandoned,
            reminded = report.reminded + excluded.reminded,
            closed = report.closed + excluded.closed,
            completed = report.completed + excluded.completed,
            dropped_replaced = report.dropped_replaced + excluded.dropped_replaced,
            dropped_opted_out = report.dropped_opted_out + excluded.dropped_opted_out,
            dropped_left = report.dropped_left + excluded.dropped_left,
            dropped_reset = report.dropped_reset + excluded.dropped_reset,
            answer_times = (SELECT array_agg(a + b ORDER BY bucket)
                              FROM unnest(report.answer_times, excluded.answer_times) WITH ORDINALITY AS sums(a, b, bucket))`,
    [JSON.stringify(rows)],
  );
}

/**
 * Where a prompt has too many, the frequent half stays, and the others are counted as '' from now on: one-off answers make
 * room, and one that comes often is soon back. Counts always add up to all wrong answers of the prompt.
 */
async function addWrongAnswers(tx: Transaction, answers: readonly WrongAnswerIncrement[]): Promise<void> {
  if (answers.length === 0) return;
  const rows = answers.map(({ answer, count, example, onlyPhone, ...key }) => ({
    ...keyColumns(key),
    ...{ answer, count, example },
    only_phone: onlyPhone,
  }));
  await tx.query(
    `INSERT INTO drill_wrong_answer AS known
            (programme_slug, drill_slug, drill_version, language, prompt_slug, answer, example, only_phone, count)
     SELECT programme_slug, drill_slug, drill_version, language, prompt_slug, answer, example, only_phone, count
       FROM jsonb_to_recordset($1::jsonb) AS given (
              programme_slug text, drill_slug text, drill_version integer, language text, prompt_slug text, answer text,
              example text, only_phone text, count bigint)
      ORDER BY programme_slug, drill_slug, drill_version, language, prompt_slug, answer
     ON CONFLICT (programme_slug, drill_slug, drill_version, language, prompt_slug, answer) DO UPDATE
        SET count = known.count + excluded.count,
            only_phone = CASE WHEN known.only_phone = excluded.only_phone THEN known.only_phone END`,
    [JSON.stringify(rows)],
  );
  await tx.query(
    `WITH touched AS (
       SELECT DISTINCT programme_slug, drill_slug, drill_version, language, prompt_slug
         FROM jsonb_to_recordset($1::jsonb) AS given (
                programme_slug text, drill_slug text, drill_version integer, language text, prompt_slug text)),
     ranked AS (
       SELECT programme_slug, drill_slug, drill_version, language, prompt_slug, answer,
              row_number() OVER (PARTITION BY programme_slug, drill_slug, drill_version, language, prompt_slug
                                     ORDER BY count DESC, answer) AS rank,
              count(*) OVER (PARTITION BY programme_slug, drill_slug, drill_version, language, prompt_slug) AS kept
         FROM drill_wrong_answer JOIN touched USING (programme_slug, drill_slug, drill_version, language, prompt_slug)
        WHERE answer <> ''),
     gone AS (
       DELETE FROM drill_wrong_answer AS rare USING ranked
        WHERE ranked.kept > $2 AND ranked.rank > $2 / 2
          AND (rare.programme_slug, rare.drill_slug, rare.drill_version, rare.language, rare.prompt_slug, rare.answer)
            = (ranked.programme_slug, ranked.drill_slug, ranked.drill_version, ranked.language, ranked.prompt_slug,
               ranked.answer)
       RETURNING rare.programme_slug, rare.drill_slug, rare.drill_version, rare.language, rare.prompt_slug, rare.count)
     INSERT INTO drill_wrong_answer AS rest (programme_slug, drill_slug, drill_version, language, prompt_slug, answer, count)
     SELECT programme_slug, drill_slug, drill_version, language, prompt_slug, '', sum(count) FROM gone
      GROUP BY programme_slug, drill_slug, drill_version, language, prompt_slug
     ON CONFLICT (programme_slug, drill_slug, drill_version, language, prompt_slug, answer) DO UPDATE
        SET count = rest.count + excluded.count`,
    [JSON.stringify(rows), MOST_WRONG_ANSWERS],
  );
}

const keyColumns = (key: Omit<ReportIncrement, 'counts' | 'answerTimes' | 'place'>) => ({
  programme_slug: key.programmeSlug,
  drill_slug: key.drillSlug,
  drill_version: key.drillVersion,
  language: key.language,
  prompt_slug: key.promptSlug,
});
