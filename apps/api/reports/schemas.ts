import { z } from 'zod';
import { languageSchema } from '#shared/contracts/drill.ts';
import { answerTimeQuantile } from '#shared/reports/answer-times.ts';
import { instant } from '../http/time.ts';
import { type CountedAnswer, groupsOf } from './likeness.ts';
import type { PersonDrill, PromptCounts } from './store.ts';

/** Groups of wrong answers that a report shows of a prompt. */
const MOST_GROUPS = 10;

const count = z.int().min(0);
const share = z.number().min(0).max(1).nullable();
const seconds = z.number().min(0).nullable();

const promptReportSchema = z
  .object({
    prompt: z.string(),
    place: z.int().meta({ description: 'In the drill, from 0' }),
    reached: count.meta({ description: 'Times that it was asked, which all else of it is of' }),
    passed: count.meta({ description: 'Answered right' }),
    passedFirst: count.meta({ description: 'Answered right at the first try' }),
    noted: count.meta({ description: 'Answered, where any answer will do' }),
    abandoned: count.meta({ description: 'Answered wrong to the last try' }),
    closed: count.meta({ description: 'Said as the last word of the drill' }),
    waiting: count.meta({ description: 'Still to be answered' }),
    dropped: z.object({ replaced: count, optedOut: count, left: count, reset: count, erased: count }).meta({
      id: 'DropOffs',
      description:
        'Unanswered when another drill began, the person opted out, asked for something that ends a drill, registered anew or was reset by staff, or was erased',
    }),
    completed: count.meta({ description: 'Drills that ended here, complete' }),
    reminded: count,
    answers: count.meta({ description: 'All answers, right, wrong and noted' }),
    wrong: count.meta({ description: 'Wrong answers, the last tries among them' }),
    passRate: share.meta({ description: 'Of those who passed or failed; null: nobody has' }),
    firstPassRate: share.meta({ description: 'At the first try, of the same' }),
    dropOffRate: share.meta({ description: 'Dropped, of reached' }),
    answerTime: z
      .object({ medianSeconds: seconds, p90Seconds: seconds, sample: count })
      .meta({ id: 'AnswerTime', description: 'From the prompt to the first answer, from a histogram' }),
    wrongAnswers: z
      .array(z.object({ example: z.string(), count, answers: count }).meta({ id: 'WrongAnswers' }))
      .meta({ description: 'Groups of like ones, the most frequent first: what several people wrote' }),
    otherWrongAnswers: count.meta({ description: 'In none of these groups' }),
  })
  .meta({ id: 'PromptReport' });

const languageReportSchema = z
  .object({
    programme: z.string().nullable().meta({ description: 'null: of none' }),
    language: z.string(),
    started: count.meta({ description: 'Drills whose first prompt was asked in this language' }),
    completed: count.meta({ description: 'Drills whose last prompt was asked in it, complete' }),
    prompts: z.array(promptReportSchema),
  })
  .meta({ id: 'LanguageReport' });

export const drillReportSchema = z
  .object({
    drill: z.string(),
    version: z.int().nullable().meta({ description: 'null: nobody was asked anything of this drill yet' }),
    versions: z.array(z.int()).meta({ description: 'All that there are reports of, newest first' }),
    items: z.array(languageReportSchema),
  })
  .meta({ id: 'DrillReport' });

/** Of a drill or a programme. PostgreSQL has no text with the character 0. */
export const givenName = z
  .string()
  .min(1)
  .max(100)
  .refine((name) => !/\p{Cc}/u.test(name), 'must not contain control characters');

export const reportQuery = z.strictObject({
  version: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .optional()
    .meta({ description: 'Left out: the newest that somebody was asked something of' }),
  programme: givenName.optional(),
  language: languageSchema.optional(),
});

/** Prompts by programme and language, which come in the order of both. */
export function wireReport(
  prompts: readonly PromptCounts[],
  answers: readonly (CountedAnswer & Pick<PromptCounts, 'programme' | 'language' | 'prompt'>)[],
): z.input<typeof languageReportSchema>[] {
  const key = (...parts: readonly string[]): string => JSON.stringify(parts);
  const wrong = Map.groupBy(answers, (each) => key(each.programme, each.language, each.prompt));
  return [...Map.groupBy(prompts, (each) => key(each.programme, each.language)).values()].map((rows) => ({
    programme: rows[0]?.programme || null,
    language: rows[0]?.language ?? '',
    started: sum(rows.filter(({ place }) => place === 0).map(({ reached }) => reached)),
    completed: sum(rows.map(({ completed }) => completed)),
    prompts: rows.map((row) =>
      wirePrompt(row, wrong.get(key(row.programme, row.language, row.prompt)) ?? []),
    ),
  }));
}

function wirePrompt(
  row: PromptCounts,
  answers: readonly CountedAnswer[],
): z.input<typeof promptReportSchema> {
  const { abandoned, closed, noted, passed, passedFirst, reached, wrong } = row;
  const dropped = {
    ...{ replaced: row.replaced, optedOut: row.optedOut, left: row.left },
    ...{ reset: row.reset, erased: row.erased },
  };
  const droppedOff = sum(Object.values(dropped));
  const wrongAnswers = groupsOf(answers, MOST_GROUPS);
  return {
    ...{ prompt: row.prompt, place: row.place, reached, passed, passedFirst, noted, abandoned, closed },
    waiting: reached - passed - noted - abandoned - closed - droppedOff,
    dropped,
    ...{ completed: row.completed, reminded: row.reminded, wrong, answers: passed + noted + wrong },
    passRate: shareOf(passed, passed + abandoned),
    firstPassRate: shareOf(passedFirst, passed + abandoned),
    dropOffRate: shareOf(droppedOff, reached),
    answerTime: {
      medianSeconds: answerTimeQuantile(row.answerTimes, 0.5),
      p90Seconds: answerTimeQuantile(row.answerTimes, 0.9),
      sample: sum(row.answerTimes),
    },
    wrongAnswers,
    otherWrongAnswers: wrong - sum(wrongAnswers.map((group) => group.count)),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);

const shareOf = (part: number, all: number): number | null => (all === 0 ? null : part / all);

export const personDrillSchema = z
  .object({
    instanceId: z.string(),
    programme: z.string().nullable(),
    drill: z.string(),
    version: z.int(),
    language: z.string().meta({ description: 'In which the prompt was asked' }),
    startedAt: instant,
    endedAt: instant.nullable().meta({ description: 'null: in flight' }),
    ended: z
      .enum(['completed', 'replaced', 'opted_out', 'left', 'reset'])
      .nullable()
      .meta({ description: 'How; `left`: the person asked for something that ends a drill' }),
    prompt: z.string().meta({ description: 'Asked last' }),
    promptStartedAt: instant,
    tries: count.meta({ description: 'Answers to that prompt so far' }),
  })
  .meta({ id: 'PersonDrill' });

export const wirePersonDrill = (drill: PersonDrill): z.input<typeof personDrillSchema> => ({
  ...drill,
  programme: drill.programme || null,
  startedAt: drill.startedAt.toISOString(),
  endedAt: drill.endedAt?.toISOString() ?? null,
  promptStartedAt: drill.promptStartedAt.toISOString(),
});
