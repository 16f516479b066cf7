import { z } from 'zod';

/**
 * What becomes of calls to a phone. Times in ms, of whoever listens (see call.ts).
 * - human: somebody takes it after `afterMs`, presses keys, and hangs up after `hangsUpAfterMs` (null: listens to the end)
 * - machine: takes it after `afterMs`, speaks for `greetingMs`, beeps and records
 * - busy: busy at once; rejects: rings for `afterMs`, then it is declined; no_answer: rings until the caller gives up
 * - unreachable: nobody has the number; by_hand: whoever holds the phone takes it (a terminal, the control API)
 */
export const lineSchema = z.strictObject({
  answers: z
    .enum(['human', 'machine', 'busy', 'no_answer', 'rejects', 'unreachable', 'by_hand'])
    .default('human'),
  afterMs: z.number().min(0).max(600_000).default(3_000),
  presses: z
    .array(z.strictObject({ afterMs: z.number().min(0).max(3_600_000), key: z.string().regex(/^[0-9*#]$/) }))
    .max(50)
    .default([]),
  hangsUpAfterMs: z.number().min(0).max(3_600_000).nullable().default(null),
  greetingMs: z.number().min(0).max(120_000).default(6_000),
});
export type Line = z.infer<typeof lineSchema>;

export const DEFAULT_LINE: Line = lineSchema.parse({});
