import type { ErrorClass, ErrorRule } from './errors.ts';

/** A row of a carrier's table as it is written down: what is left out is never repeated. */
export type ErrorRow = readonly [
  code: string,
  errorClass: ErrorClass,
  concerns: ErrorRule['concerns'],
  meaning: string,
  again?: { retries?: number; delayMs?: number },
];

/** The rules that rows of one source stand for. */
export const rulesOf = (rows: readonly ErrorRow[], source: string): ErrorRule[] =>
  rows.map(([code, errorClass, concerns, meaning, again]) => ({
    code,
    class: errorClass,
    concerns,
    meaning,
    retries: again?.retries ?? 0,
    delayMs: again?.delayMs ?? 0,
    source,
  }));
