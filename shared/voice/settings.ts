import { z } from 'zod';
import { integer, parsed, type Settings } from '#shared/config.ts';

const rate = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,2})?$/, 'must be calls per second, as 1 or 0.5')
  .transform(Number)
  .pipe(z.number().min(0.01, 'must be at least 0.01').max(100, 'must be at most 100'));

/** How fast calls begin, and how many go on at once: of whoever makes them, and of whoever plans them. */
export const callPaceSettings = {
  CALLS_PER_SECOND: parsed(rate, {
    fallback: '1',
    unit: 'calls/s',
    help: 'Calls that the whole account at the carrier begins in a second, all tasks together. What is above it, the carrier would queue, and make when it may not ring any more.',
  }),
  MAX_CONCURRENT_CALLS: integer(
    { min: 1, max: 10_000 },
    { fallback: '100', unit: 'calls', help: 'Most calls under way at once, of all campaigns together.' },
  ),
} satisfies Settings;
