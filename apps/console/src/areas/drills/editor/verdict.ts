import { gradeAnswer } from '#shared/drills/prompt.ts';
import { isReserved } from '#shared/drills/reserved.ts';
import type { Prompt } from './working.ts';

/** What a text is taken for where a prompt waits for an answer. */
export type Verdict = 'right' | 'wrong' | 'noted' | 'reserved';

/** By the code that grades people. `words`: those of programmes, which win over an answer. */
export function verdictOf(
  text: string,
  prompt: Prompt,
  {
    defaultLanguage,
    language,
    words,
  }: { language: string; defaultLanguage: string; words: readonly string[] },
): Verdict {
  if (isReserved(text, words)) return 'reserved';
  const written = withoutEmpty(prompt);
  const { graded, right } = gradeAnswer(text, written, language, defaultLanguage);
  if (!graded) return 'noted';
  return right ? 'right' : 'wrong';
}

/** Whether a further answer says what is taken for right without it. */
export function isNeedless(
  text: string,
  at: number,
  prompt: Prompt,
  about: { language: string; defaultLanguage: string; words: readonly string[] },
): boolean {
  const own = prompt.accepts?.[about.language] ?? [];
  const others = { ...prompt, accepts: { ...prompt.accepts, [about.language]: own.toSpliced(at, 1) } };
  return verdictOf(text, others, about) === 'right';
}

/** Nothing is compared with a text that is still empty. */
function withoutEmpty(prompt: Prompt): Prompt {
  const { accepts, correctResponse, options, ...rest } = prompt;
  const isThere = (text: string): boolean => text.trim() !== '';
  const right = Object.entries(correctResponse ?? {}).filter(([, text]) => isThere(text));
  const lists = (values: Readonly<Record<string, string[]>> | undefined): Record<string, string[]> =>
    Object.fromEntries(
      Object.entries(values ?? {}).flatMap(([language, texts]) => {
        const left = texts.filter(isThere);
        return left.length === 0 ? [] : [[language, left]];
      }),
    );
  return {
    ...rest,
    ...(right.length === 0 ? {} : { correctResponse: Object.fromEntries(right) }),
    accepts: lists(accepts),
    options: lists(options),
  };
}
