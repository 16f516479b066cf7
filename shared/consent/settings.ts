import type { ReviewPolicy } from '#shared/compliance/free-text.ts';
import { type Config, oneOf, type Settings } from '#shared/config.ts';
import { defaultReviewPolicy } from './read-text.ts';

/** Settings of every service that reads what texts say about consent: they must be the same in all of them. */
export const consentTextSettings = {
  DOUBTFUL_TEXTS: oneOf(['review', 'suppress'], {
    fallback: 'review',
    help: 'What becomes of a text that may be a revocation ("cancel my 3pm"): `review` puts it before a person, `suppress` also stops everything until that person has read it. `suppress` where nobody works through the queue.',
  }),
} satisfies Settings;

export const reviewPolicyOf = (config: Config<typeof consentTextSettings>): ReviewPolicy => ({
  ...defaultReviewPolicy,
  doubtSuppresses: config.DOUBTFUL_TEXTS === 'suppress',
});
