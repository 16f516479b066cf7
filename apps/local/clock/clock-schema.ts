import { z } from 'zod';
import type { KeptClock } from '#shared/business-clock/store.ts';

/** The clock as processes of the local stack hand it to each other. */
export const clockSchema: z.ZodType<KeptClock> = z.object({
  version: z.int(),
  previousMs: z.int(),
  offsetMs: z.int(),
  jumpsAt: z.number(),
  announcedMs: z.int().nullable(),
});
