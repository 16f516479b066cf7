import type { CampaignType, Definition } from './definition.ts';
import type { StepRule } from './ladder.ts';

/**
 * The ladder that people of a campaign climb; null: it has none. A text campaign with a way out for whoever takes no texts
 * has one of two steps, each tried as often as the campaign allows. Pure.
 */
export function ladderOf({
  definition: { fallback, ladder, maxAttempts },
  type,
}: {
  type: CampaignType;
  definition: Pick<Definition, 'fallback' | 'ladder' | 'maxAttempts'>;
}): readonly StepRule[] | null {
  if (type === 'hybrid') return ladder;
  if (type !== 'sms' || fallback === null) return null;
  const step = { follows: null, answerWithinMinutes: null, tries: maxAttempts };
  return [
    { ...step, channel: 'sms', after: [] },
    { ...step, channel: 'voice', after: ['unreachable'] },
  ];
}
