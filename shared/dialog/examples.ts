import { z } from 'zod';
import { type Drill, languageSchema } from '#shared/contracts/drill.ts';
import type { Finding } from '#shared/drills/content-file.ts';
import { languagesOf } from '#shared/drills/languages.ts';
import type { Programme } from '#shared/drills/programme.ts';
import { asksSomething, isLastPrompt } from '#shared/drills/prompt.ts';
import { type Outcome, type SimulatedTurn, simulate } from './simulate.ts';

/**
 * Example conversations of a drill: what its author expects of it, played when it is published. They stay with the
 * version and never travel with the drill.
 */

export const exampleTurnSchema = z.strictObject({
  /** What the person texts. */
  says: z.string().max(1_600),
  /** What it is taken for. `other`: for something else than an answer (MENU, STOP); `nothing`: nothing comes of it. */
  expect: z.enum(['right', 'wrong', 'abandoned', 'noted', 'other', 'nothing']),
  /** Words that what we answer has in it, whatever their case. */
  hears: z.array(z.string().min(1)).default([]),
});

export const exampleSchema = z.strictObject({
  name: z.string().min(1).max(200),
  /** Of the person; left out: the drill's default language. */
  language: languageSchema.optional(),
  /** Of the person; left out: nobody knows it. */
  callMe: z.string().min(1).optional(),
  /** What prompts of earlier drills stored, by field. */
  answers: z.record(z.string(), z.string()).default({}),
  turns: z.array(exampleTurnSchema).min(1).max(200),
  /** Whether the drill is completed by the last turn. */
  completes: z.boolean().default(true),
});
export type Example = z.infer<typeof exampleSchema>;

export interface ExamplesReport {
  /** Where a play differed from what was expected; paths begin with `examples`. */
  failures: Finding[];
  /** What can happen at a prompt and happens in no example; paths begin with `prompts`. */
  unreached: Finding[];
  /** Languages that the drill has, and that no example completes it in. */
  untestedLanguages: string[];
}

/** What can be made of an answer to a prompt, in words for whoever has to write the example. */
const BRANCHES = {
  right: 'answers it right',
  wrong: 'answers it wrong and may try again',
  abandoned: 'answers it wrong for the last time',
  noted: 'answers it',
} as const;
type Branch = keyof typeof BRANCHES;

/** Plays all examples. Pure: the instant only stands in events, which nothing here depends on. */
export function examplesReport(
  drill: Drill,
  examples: readonly Example[],
  programme: Programme | null,
): ExamplesReport {
  const failures: Finding[] = [];
  const reached = new Set<string>();
  const completedIn = new Set<string>();
  for (const [index, example] of examples.entries()) {
    const language = example.language ?? drill.defaultLanguage;
    const turns = play(drill, example, language, programme);
    for (const { outcome, prompt } of turns) if (prompt !== null) reached.add(branchKey(prompt, outcome));
    const found = failuresOf(example, turns);
    failures.push(...found.map(({ message, path }) => ({ path: ['examples', index, ...path], message })));
    if (turns.some(({ completed }) => completed)) completedIn.add(language);
  }
  const unreached = drill.prompts.flatMap((prompt, index) =>
    branchesOf(drill, index)
      .filter((branch) => !reached.has(branchKey(prompt.slug, branch)))
      .map((branch) => ({
        path: ['prompts', index],
        message: `no example ${BRANCHES[branch]} ("${prompt.slug}")`,
      })),
  );
  const untestedLanguages = languagesOf(drill).filter((language) => !completedIn.has(language));
  return { failures, unreached, untestedLanguages };
}

const branchKey = (prompt: string, outcome: Outcome): string => `${outcome} ${prompt}`;

function play(
  drill: Drill,
  example: Example,
  language: string,
  programme: Programme | null,
): SimulatedTurn[] {
  const { turns } = simulate({
    drill,
    programme,
    profile: { language, name: example.callMe ?? null, answers: example.answers },
    answers: example.turns.map(({ says }) => says),
    now: new Date(0),
  });
  return turns.slice(1);
}

function failuresOf({ completes, turns: expected }: Example, turns: readonly SimulatedTurn[]): Finding[] {
  const completed = turns.some((turn) => turn.completed);
  return [
    ...expected.flatMap(({ expect, hears, says }, index) => {
      const turn = turns[index];
      if (turn === undefined) return [];
      const heard = turn.messages.map(({ body }) => body).join('\n');
      const about = `"${says}"${turn.prompt === null ? '' : ` to "${turn.prompt}"`}`;
      return [
        ...(turn.outcome === expect
          ? []
          : [{ path: ['turns', index, 'expect'], message: `${about} is ${turn.outcome}, not ${expect}` }]),
        ...hears
          .filter((words) => !heard.toLowerCase().includes(words.toLowerCase()))
          .map((words) => ({
            path: ['turns', index, 'hears'],
            message: `"${words}" is not in what is answered: "${heard}"`,
          })),
      ];
    }),
    ...(completed === completes
      ? []
      : [
          {
            path: ['completes'],
            message: completed ? 'the drill is completed' : 'the drill is not completed',
          },
        ]),
  ];
}

/** What can happen at a prompt: nothing where it only closes the drill. */
function branchesOf(drill: Drill, index: number): Branch[] {
  const prompt = drill.prompts[index];
  if (prompt === undefined || (isLastPrompt(drill, prompt) && !asksSomething(prompt))) return [];
  if (prompt.correctResponse === undefined) return ['noted'];
  return prompt.maxFailures > 0 ? ['right', 'wrong', 'abandoned'] : ['right', 'abandoned'];
}
