import type { Campaign } from '#shared/api-client/api-types.ts';
import { type Ending, endingsOf, followedBy, MOST_STEPS } from '#shared/campaigns/ladder.ts';

/** Changes of a ladder that leave one that makes sense. Pure; what the API still refuses its check says. */

export type Step = NonNullable<Campaign['definition']['ladder']>[number];
export type Channel = Step['channel'];

const newStep = (channel: Channel): Step => ({
  channel,
  follows: null,
  after: [],
  answerWithinMinutes: null,
  tries: 1,
  bodies: {},
  calls: {},
});

/** A day: as long as people are given to answer, when nobody says otherwise. */
const ANSWER_WITHIN_MINUTES = 1_440;

/** What a ladder begins with: a text, and a call to whoever it did not reach or who did not answer. */
export const usualLadder = (): Step[] => [
  newStep('sms'),
  {
    ...newStep('voice'),
    after: ['undelivered', 'unreachable', 'no_reply'],
    answerWithinMinutes: ANSWER_WITHIN_MINUTES,
  },
];

export const mayAdd = (steps: readonly Step[]): boolean => steps.length < MOST_STEPS;

export const addStep = (steps: readonly Step[]): Step[] => [...steps, newStep('sms')];

/** Endings of the step that one comes after, and which of them other steps have taken already. */
export function endingsFor(steps: readonly Step[], place: number): { ending: Ending; isTaken: boolean }[] {
  const step = steps[place];
  const before = step === undefined ? null : followedBy(step, place);
  const channel = before === null ? undefined : steps[before]?.channel;
  if (channel === undefined) return [];
  const taken = new Set(
    steps.flatMap((other, at) => (at !== place && followedBy(other, at) === before ? other.after : [])),
  );
  return endingsOf[channel].map((ending) => ({ ending, isTaken: taken.has(ending) }));
}

/** A step with something changed: what leads to it, and to those after it, is kept as far as it can happen still. */
export function changeStep(steps: readonly Step[], place: number, more: Partial<Step>): Step[] {
  const changed = steps.map((step, at): Step => (at === place ? withWords({ ...step, ...more }) : step));
  return changed.map((step, at) => settled(step, at, changed));
}

/** Words of a channel that it has no more are gone. */
const withWords = (step: Step): Step =>
  step.channel === 'sms' ? { ...step, calls: {} } : { ...step, bodies: {} };

function settled(step: Step, place: number, steps: readonly Step[]): Step {
  const possible = new Set(endingsFor(steps, place).map(({ ending }) => ending));
  const after = step.after.filter((ending) => possible.has(ending));
  const waits = after.includes('no_reply');
  return {
    ...step,
    after,
    answerWithinMinutes: waits ? (step.answerWithinMinutes ?? ANSWER_WITHIN_MINUTES) : null,
  };
}

/** Without a step; those that came after it come after the one before it. */
export function removeStep(steps: readonly Step[], place: number): Step[] {
  const before = followedBy(steps[place] ?? newStep('sms'), place);
  const placeOf = (at: number): number => (at > place ? at - 1 : at);
  const left = steps.flatMap((step, at): Step[] => {
    if (at === place) return [];
    const followed = followedBy(step, at);
    const follows = followed === place ? before : followed;
    const now = placeOf(at);
    // Said only where it is not the one right before.
    const said = follows === null || now === 0 || placeOf(follows) === now - 1 ? null : placeOf(follows);
    return [{ ...step, follows: said, ...(now === 0 ? { after: [], answerWithinMinutes: null } : {}) }];
  });
  return left.map((step, at) => settled(step, at, left));
}

/** Whether any step says what the campaign says by that channel, and has no words of its own. */
export const saysCampaigns = (steps: readonly Step[], channel: Channel): boolean =>
  steps.some((step) => step.channel === channel && !hasOwnWords(step));

export const hasOwnWords = ({ bodies, calls, channel }: Step): boolean =>
  Object.keys(channel === 'sms' ? bodies : calls).length > 0;
