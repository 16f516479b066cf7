import { z } from 'zod';
import { type Config, parsed, type Settings } from '#shared/config.ts';
import { type Ending, endings, endingsOf, type StepRule, stepAfter } from './ladder.ts';

/**
 * How many come to each step of a ladder, before anybody was written to: at the most, and by shares that somebody assumed.
 * Nobody can know them: the answer says by which it reckoned. Pure.
 */

/** Of those who are texted, or called: how many end so. Those of one channel need not add up to 1. */
export type EndingShares = Readonly<Record<Ending, number>>;

const shares = z.string().transform((text, context): EndingShares => {
  const given = new Map(
    text.split(',').map((part): [string, string] => {
      const [ending = '', share = ''] = part.split('=', 2);
      return [ending, share];
    }),
  );
  const read = (ending: Ending): number => Number(given.get(ending) || Number.NaN);
  const known = Object.fromEntries(endings.map((ending) => [ending, read(ending)])) as EndingShares;
  const isWhole =
    given.size === endings.length && endings.every((ending) => known[ending] >= 0 && known[ending] <= 1);
  if (!isWhole) {
    context.addIssue({
      code: 'custom',
      message: `must give a share from 0 to 1 for each of ${endings.join(', ')}`,
    });
    return z.NEVER;
  }
  return known;
});

export const endingSettings = {
  STEP_ENDING_SHARES: parsed(shares, {
    fallback:
      'undelivered=0.05,unreachable=0.03,no_reply=0.8,answered=0.3,machine=0.35,busy=0.03,no_answer=0.27,failed=0.05',
    unit: 'shares of people',
    help: 'How texts and calls of a ladder are expected to end, for estimates of hybrid campaigns alone: put in what your own campaigns came to.',
  }),
} satisfies Settings;

export const sharesFrom = (config: Config<typeof endingSettings>): EndingShares => config.STEP_ENDING_SHARES;

export interface ExpectedStep {
  step: number;
  channel: StepRule['channel'];
  /** Contacts who come to it, by the assumed shares; at the most. */
  expected: number;
  most: number;
  /** Attempts of them all: each of those who come is tried once at least, and as often as the step says at the most. */
  attempts: { least: number; most: number };
}

/**
 * Of `contacts` people. Who is tried again within a step counts once. `maxAttempts` bounds what one person gets: a step that
 * would be beyond it is nobody's.
 */
export function expectedSteps(
  steps: readonly StepRule[],
  contacts: number,
  { maxAttempts, shares: assumed }: { maxAttempts: number; shares: EndingShares },
): ExpectedStep[] {
  const part = steps.map(() => 0);
  const depth = steps.map(() => 0);
  const isOpen = steps.map(() => false);
  part[0] = 1;
  depth[0] = 1;
  isOpen[0] = true;
  for (const [place, { channel }] of steps.entries()) {
    for (const ending of endingsOf[channel]) {
      const next = stepAfter(steps, place, ending);
      if (next === null || !isOpen[place]) continue;
      const tried = (depth[place] ?? 0) + 1;
      if (tried > maxAttempts) continue;
      isOpen[next] = true;
      depth[next] = tried;
      part[next] = Math.min(1, (part[next] ?? 0) + (part[place] ?? 0) * assumed[ending]);
    }
  }
  return steps.map(({ channel, tries }, step) => {
    const expected = Math.round(contacts * (part[step] ?? 0));
    const most = isOpen[step] ? contacts : 0;
    const often = Math.min(tries, Math.max(1, maxAttempts - (depth[step] ?? 1) + 1));
    return { step, channel, expected, most, attempts: { least: expected, most: expected * often } };
  });
}
