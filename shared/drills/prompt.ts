import type { Drill, LocalizedText, Prompt } from '#shared/contracts/drill.ts';
import { type AnswerKey, matchAnswer } from './matching.ts';

/** Readings of drill content that every context shares. */

/** Of per-language values, the one for the first of the languages that there is one for, else any, else undefined. */
export function localized<T>(
  values: Readonly<Record<string, T>>,
  ...languages: readonly string[]
): T | undefined {
  const language = languages.find((candidate) => Object.hasOwn(values, candidate));
  return language === undefined ? Object.values(values)[0] : values[language];
}

/** The text in the first of the languages that it has, else in any. */
export const localizedText = (text: LocalizedText, ...languages: readonly string[]): string =>
  localized(text, ...languages) ?? '';

/** Whether a prompt waits for an answer when it is the last one; without a word on it, when it asks for something. */
export const asksSomething = (prompt: Prompt): boolean =>
  prompt.asks ??
  (prompt.correctResponse !== undefined || prompt.options !== undefined || prompt.storeAs !== undefined);

/** The prompt of that slug; null when the drill has none. */
export const promptOf = (drill: Drill, slug: string): Prompt | null =>
  drill.prompts.find((prompt) => prompt.slug === slug) ?? null;

/** The prompt after the one of that slug; null after the last one. */
export function promptAfter(drill: Drill, slug: string): Prompt | null {
  const index = drill.prompts.findIndex((prompt) => prompt.slug === slug);
  return index < 0 ? null : (drill.prompts[index + 1] ?? null);
}

export const isLastPrompt = (drill: Drill, prompt: Prompt): boolean =>
  drill.prompts.at(-1)?.slug === prompt.slug;

/** What answers to the prompt are compared with in a language, else in the fallback; null: it accepts anything. */
export function answerKey(prompt: Prompt, language: string, fallback: string): AnswerKey | null {
  if (prompt.correctResponse === undefined) return null;
  return {
    correct: localizedText(prompt.correctResponse, language, fallback),
    accepts: prompt.accepts ? (localized(prompt.accepts, language, fallback) ?? []) : [],
    options: prompt.options ? (localized(prompt.options, language, fallback) ?? []) : [],
  };
}

/** Whether the prompt takes the answer, and whether it had anything to compare it with. */
export function gradeAnswer(
  answer: string,
  prompt: Prompt,
  language: string,
  fallback: string,
): { graded: boolean; right: boolean } {
  const key = answerKey(prompt, language, fallback);
  return key === null ? { graded: false, right: true } : { graded: true, right: matchAnswer(answer, key) };
}
