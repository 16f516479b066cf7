import { z } from 'zod';
import { clockSchema } from './clock-schema.ts';

/** What the process that skips time (skip-main.ts) is told. */
export const skipOrderSchema = z.object({
  databaseUrl: z.string(),
  carrierUrl: z.string(),
  /** As somebody asked for it: not judged yet. */
  request: z.unknown(),
});
export type SkipOrder = z.infer<typeof skipOrderSchema>;

/** What it prints. */
export const skipResultSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('refused'), problem: z.string() }),
  z.object({ kind: z.literal('skipped'), clock: clockSchema, late: z.array(z.string()) }),
]);
