import type { ExamplesReport } from '#shared/dialog/examples.ts';

/** Whether the examples bear a drill out: none fails, and they leave no branch and no language out. */
export const isClean = ({ failures, unreached, untestedLanguages }: ExamplesReport): boolean =>
  failures.length === 0 && unreached.length === 0 && untestedLanguages.length === 0;
