import type { Definition } from './definition.ts';

/**
 * What a step of a ladder says: its own words where it has some, else those of the variant. Its own are the same for every
 * variant: what is compared is what comes first. Pure.
 */
export function wordsOfStep<D extends Pick<Definition, 'ladder' | 'variants'>>(
  definition: D,
  step: number,
): D {
  const own = definition.ladder?.[step];
  if (own === undefined) return definition;
  const hasBodies = Object.keys(own.bodies).length > 0;
  const hasCalls = Object.keys(own.calls).length > 0;
  if (!hasBodies && !hasCalls) return definition;
  return {
    ...definition,
    variants: definition.variants.map((variant) => ({
      ...variant,
      // Pictures belong to the words that they stand beside.
      ...(hasBodies ? { bodies: own.bodies, mediaUrls: [] } : {}),
      ...(hasCalls ? { calls: own.calls } : {}),
    })),
  };
}
