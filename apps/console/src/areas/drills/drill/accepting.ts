import type { DrillDraft } from '#shared/api-client/api-types.ts';
import { isLetter, tokensOf } from '#shared/drills/tokens.ts';

type Draft = DrillDraft['draft'];

/** Which answer is to be right from now on, where. */
export interface Accepted {
  /** Slug of the prompt. */
  prompt: string;
  language: string;
  answer: string;
}

/** Which of the draft's prompts it is, from 0; null: it has none of that name any more. */
export const placeOf = ({ prompts }: Draft, slug: string): number | null => {
  const place = prompts.findIndex((prompt) => prompt.slug === slug);
  return place < 0 ? null : place;
};

/** The draft with one more answer that is right. Unchanged where it is right already, or the prompt is gone. */
export const accepting = (draft: Draft, { answer, language, prompt: slug }: Accepted): Draft => ({
  ...draft,
  prompts: draft.prompts.map((prompt) => {
    const known = prompt.accepts?.[language] ?? [];
    if (prompt.slug !== slug || known.includes(answer)) return prompt;
    return { ...prompt, accepts: { ...prompt.accepts, [language]: [...known, answer] } };
  }),
});

/** Whether an answer is one of the choices of its question, by its words or its letter: none that could be right as well. */
export function isChoice(answer: string, choices: readonly string[]): boolean {
  const [letter = '', ...rest] = tokensOf(answer);
  const isAlone = rest.length === 0 && isLetter(letter);
  const words = (tokens: readonly string[]): string =>
    (isLetter(tokens[0] ?? '') ? tokens.slice(1) : tokens).join(' ');
  return choices
    .map(tokensOf)
    .some((choice) => (isAlone ? choice[0] === letter : words(choice) === words([letter, ...rest])));
}
