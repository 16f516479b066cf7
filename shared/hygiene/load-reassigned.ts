import { CarillonError } from '#shared/errors.ts';
import type { Pool, Queryable } from '#shared/postgres/pool.ts';
import { checkAskedOn } from './age.ts';
import { inBatches } from './batches.ts';
import type { LoadOptions } from './load-do-not-call.ts';
import type { ReassignedRow, ReassignedSource, Reject } from './source.ts';

export type LoadedAnswers = Record<ReassignedRow['answer'], number> & { rejected: number };

const BATCH_ROWS = 5_000;

/**
 * Takes in answers of the Reassigned Numbers Database, in the memory of one batch. What a batch brought counts at once
 * and stays when a later one fails; the same answers again change nothing, so a load that broke off is started again.
 * Of two answers of one day the stricter stands (yes, no data, no): the number was asked with two days.
 *
 * Rejects with `invalid_record` for answers that are too old, or none.
 */
export async function loadReassigned(
  pool: Pool,
  source: ReassignedSource,
  options: LoadOptions,
): Promise<LoadedAnswers> {
  const { now, by, batch: size = BATCH_ROWS } = options;
  checkAskedOn(source.askedOn, now);
  const loaded: LoadedAnswers = { yes: 0, no: 0, no_data: 0, rejected: 0 };
  const reject: Reject = (row) => {
    loaded.rejected += 1;
    options.reject(row);
  };
  for await (const answers of inBatches(source.answers(reject), size)) {
    await mergeAnswers(pool, answers, source.askedOn, now);
    for (const { answer } of answers) loaded[answer] += 1;
  }
  if (loaded.yes + loaded.no + loaded.no_data === 0) {
    throw new CarillonError(
      'invalid_record',
      'there is no answer in it: expected rows of number, date, answer',
    );
  }
  await recordLoad(pool, source, loaded, { now, by });
  return loaded;
}

async function mergeAnswers(
  database: Queryable,
  answers: readonly ReassignedRow[],
  askedOn: string,
  now: Date,
): Promise<void> {
  await database.query(
    `INSERT INTO reassigned_answer AS known (phone_number, asked_on, answer, asked_about, loaded_at)
     SELECT DISTINCT ON (phone_number) phone_number, $1::date, answer, asked_about, $2
       FROM unnest($3::text[], $4::text[], $5::date[]) AS told (phone_number, answer, asked_about)
      ORDER BY phone_number, array_position(ARRAY['yes', 'no_data', 'no'], answer), asked_about
     ON CONFLICT (phone_number, asked_on) DO UPDATE
       SET answer = excluded.answer, asked_about = excluded.asked_about, loaded_at = excluded.loaded_at
     WHERE array_position(ARRAY['yes', 'no_data', 'no'], excluded.answer)
         < array_position(ARRAY['yes', 'no_data', 'no'], known.answer)`,
    [
      askedOn,
      now,
      answers.map(({ phoneNumber }) => phoneNumber),
      answers.map(({ answer }) => answer),
      answers.map(({ askedAbout }) => askedAbout),
    ],
  );
}

async function recordLoad(
  database: Queryable,
  source: ReassignedSource,
  { yes, no, no_data }: LoadedAnswers,
  { now, by }: { now: Date; by: string },
): Promise<void> {
  await database.query(
    `INSERT INTO reassigned_load (asked_on, loaded_at, loaded_by, sources, yes, no, no_data)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [source.askedOn, now, by, JSON.stringify(source.provenance()), yes, no, no_data],
  );
}
