import type { Queryable } from '#shared/postgres/pool.ts';
import type { CountedAnswer } from './likeness.ts';

/** Of which drill, and of whom. */
export interface ReportSelection {
  drill: string;
  version: number;
  /** null: of all. */
  programme: string | null;
  language: string | null;
}

/** A row of drill_report. */
export interface PromptCounts {
  programme: string;
  language: string;
  prompt: string;
  place: number;
  reached: number;
  passed: number;
  passedFirst: number;
  noted: number;
  wrong: number;
  abandoned: number;
  reminded: number;
  closed: number;
  completed: number;
  replaced: number;
  optedOut: number;
  left: number;
  reset: number;
  erased: number;
  answerTimes: number[];
}

/** Versions of a drill that somebody was asked something of, newest first. */
export async function readReportedVersions(db: Queryable, drill: string): Promise<number[]> {
  const { rows } = await db.query<{ version: number }>(
    'SELECT DISTINCT drill_version AS version FROM drill_report WHERE drill_slug = $1 ORDER BY version DESC',
    [drill],
  );
  return rows.map(({ version }) => version);
}

/** Prompts by programme and language, in the order of the drill. */
export async function readPromptCounts(
  db: Queryable,
  { drill, language, programme, version }: ReportSelection,
): Promise<PromptCounts[]> {
  const { rows } = await db.query<PromptCounts>(
    `SELECT programme_slug AS programme, language, prompt_slug AS prompt, place, reached, passed,
            passed_first AS "passedFirst", noted, wrong, abandoned, reminded, closed, completed,
            dropped_replaced AS replaced, dropped_opted_out AS "optedOut", dropped_left AS left, dropped_reset AS reset,
            dropped_erased AS erased, answer_times AS "answerTimes"
       FROM drill_report
      WHERE drill_slug = $1 AND drill_version = $2 AND ($3::text IS NULL OR programme_slug = $3)
        AND ($4::text IS NULL OR language = $4)
      ORDER BY programme_slug, language, place, prompt_slug`,
    [drill, version, programme, language],
  );
  return rows;
}

/** The most frequent wrong answers of each prompt, as many as `most` of them: those with words. */
export async function readWrongAnswers(
  db: Queryable,
  { drill, language, programme, version }: ReportSelection,
  most: number,
): Promise<(CountedAnswer & Pick<PromptCounts, 'programme' | 'language' | 'prompt'>)[]> {
  const { rows } = await db.query<CountedAnswer & Pick<PromptCounts, 'programme' | 'language' | 'prompt'>>(
    `SELECT programme, language, prompt, answer, example, count, "isShared"
       FROM (SELECT programme_slug AS programme, language, prompt_slug AS prompt, answer, example, count,
                    only_phone IS NULL AS "isShared",
                    row_number() OVER (PARTITION BY programme_slug, language, prompt_slug
                                           ORDER BY count DESC, answer) AS rank
               FROM drill_wrong_answer
              WHERE programme_slug IN (SELECT programme_slug FROM drill_report WHERE drill_slug = $1)
                AND drill_slug = $1 AND drill_version = $2 AND ($3::text IS NULL OR programme_slug = $3)
                AND ($4::text IS NULL OR language = $4) AND answer <> '') AS ranked
      WHERE rank <= $5`,
    [drill, version, programme, language, most],
  );
  return rows;
}

/** A drill as one person went through it. */
export interface PersonDrill {
  instanceId: string;
  programme: string;
  drill: string;
  version: number;
  language: string;
  prompt: string;
  promptStartedAt: Date;
  tries: number;
  startedAt: Date;
  endedAt: Date | null;
  ended: 'completed' | 'replaced' | 'opted_out' | 'left' | 'reset' | null;
}

/** Drills of a person, newest first, at most `limit` before that one. */
export async function readPersonDrills(
  db: Queryable,
  phone: string,
  { before, limit }: { before: { startedAt: string; instanceId: string } | null; limit: number },
): Promise<PersonDrill[]> {
  const { rows } = await db.query<PersonDrill>(
    `SELECT drill_instance_id AS "instanceId", programme_slug AS programme, drill_slug AS drill, drill_version AS version,
            language, prompt_slug AS prompt, prompt_started_at AS "promptStartedAt", tries, started_at AS "startedAt",
            ended_at AS "endedAt", ended
       FROM drill_instance
      WHERE phone_number = $1
        AND ($2::timestamptz IS NULL OR (started_at, drill_instance_id) < ($2::timestamptz, $3::uuid))
      ORDER BY started_at DESC, drill_instance_id DESC LIMIT $4`,
    [phone, before?.startedAt ?? null, before?.instanceId ?? null, limit],
  );
  return rows;
}
