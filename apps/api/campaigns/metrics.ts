import type { z } from 'zod';
import { type ContactState, contactStates } from '#shared/campaigns/counts.ts';
import type { Definition } from '#shared/campaigns/definition.ts';
import { REPLIED } from '#shared/campaigns/replied.ts';
import type { metricsSchema } from './schemas.ts';
import type { Count } from './store.ts';
import { reasonInWords } from './words.ts';

type Metrics = z.input<typeof metricsSchema>;

/** Counts by state and reason, of a campaign and of each of its variants. */
export function metricsOf({ variants }: Pick<Definition, 'variants'>, counts: readonly Count[]): Metrics {
  const positions = [...new Set([...variants.keys(), ...counts.map(({ variant }) => variant)])].sort(
    (a, b) => a - b,
  );
  return {
    ...summed(counts),
    variants: positions.map((variant) => ({
      variant,
      name: variants[variant]?.name ?? '',
      ...summed(counts.filter((count) => count.variant === variant)),
    })),
  };
}

function summed(counts: readonly Count[]): Pick<Metrics, 'total' | 'replied' | 'states'> {
  const sums = new Map<string, number>();
  for (const { measure, value } of counts) sums.set(measure, (sums.get(measure) ?? 0) + value);
  const states = contactStates
    .map((state) => ({ state, contacts: sums.get(state) ?? 0, reasons: reasonsOf(state, sums) }))
    .filter(({ contacts }) => contacts > 0);
  return {
    total: states.reduce((sum, { contacts }) => sum + contacts, 0),
    replied: sums.get(REPLIED) ?? 0,
    states,
  };
}

function reasonsOf(state: ContactState, sums: ReadonlyMap<string, number>) {
  return [...sums]
    .filter(([measure, contacts]) => measure.startsWith(`${state}:`) && contacts > 0)
    .map(([measure, contacts]) => {
      const rule = measure.slice(state.length + 1);
      return { rule, says: reasonInWords(rule), contacts };
    });
}
