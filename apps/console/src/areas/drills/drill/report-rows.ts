import type { DrillReport } from '#shared/api-client/api-types.ts';

export type LanguageReport = DrillReport['items'][number];
export type PromptReport = LanguageReport['prompts'][number];

/** The part of a report that is shown: what was asked for, else where most began. */
export const chosenOf = (
  items: readonly LanguageReport[],
  { language, programme }: { programme?: string | undefined; language?: string | undefined },
): LanguageReport | null =>
  items
    .filter(
      (item) =>
        (programme === undefined || (item.programme ?? '-') === programme) &&
        (language === undefined || item.language === language),
    )
    .toSorted((a, b) => b.started - a.started)[0] ?? null;

export const droppedOf = ({ dropped }: PromptReport): number =>
  Object.values(dropped).reduce((sum, each) => sum + each, 0);

/** What became of those who reached each prompt, as the parts of one bar. */
export interface FunnelBar {
  prompt: string;
  /** Answered right, or answered where any answer will do, or were told goodbye. */
  answered: number;
  abandoned: number;
  waiting: number;
  dropped: number;
}

export const funnelOf = ({ prompts }: LanguageReport): FunnelBar[] =>
  prompts.map((prompt, at) => ({
    prompt: `${at + 1} ${prompt.prompt}`,
    answered: prompt.passed + prompt.noted + prompt.closed,
    abandoned: prompt.abandoned,
    waiting: prompt.waiting,
    dropped: droppedOf(prompt),
  }));

/** Fewer answers say nothing about a question. */
const ENOUGH = 5;

/** The question that the smallest part of people get right; null: nothing can be said yet. */
export const hardestOf = ({ prompts }: LanguageReport): PromptReport | null =>
  prompts
    .filter(({ abandoned, passRate, passed }) => passRate !== null && passed + abandoned >= ENOUGH)
    .toSorted((a, b) => (a.passRate ?? 1) - (b.passRate ?? 1))[0] ?? null;
