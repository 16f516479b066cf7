import { parseArgs } from 'node:util';
import { z } from 'zod';

/** How `npm run infra:cost` is called. */
export const USAGE = 'npm run infra:cost -- dev|prod [--month N]';

const argumentsOfCost = z.object({ stack: z.enum(['dev', 'prod']), month: z.coerce.number().int().min(1) });

/**
 * Which stack, and which month after its first deployment (6 where it is left out, because what is stored grows); null where that is not what the words
 * say: an option that is not known, another stack, no month, or a word too many.
 */
export function costArguments(words: string[]): z.infer<typeof argumentsOfCost> | null {
  try {
    const { positionals, values } = parseArgs({
      args: words,
      options: { month: { type: 'string', default: '6' } },
      allowPositionals: true,
    });
    const [stack, ...more] = positionals;
    return more.length > 0
      ? null
      : (argumentsOfCost.safeParse({ stack, month: values.month || null }).data ?? null);
  } catch {
    // The only thing that parseArgs throws for is an option that it does not know, or one without its value.
    return null;
  }
}
