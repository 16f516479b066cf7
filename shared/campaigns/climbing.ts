import { type Climb, type Ending, followedBy, mostTries, nextStep, type Place, stepAfter } from './ladder.ts';

/** Where somebody is on the ladder of their campaign, and what moves them there. Pure. */
export interface OnLadder {
  step: number;
  /** Attempts, of all steps, when it began. */
  base: number;
  /** What led to it; null: it is the first, or nobody has asked. */
  via: Ending | null;
  /** The text that led here by not arriving has arrived after all: what is queued of this step is to be taken back. */
  isOverturned: boolean;
}

/** As it is kept with a contact of a campaign; null: their campaign has none. `via`: where somebody has asked. */
export const onLadder = (
  { step, step_base }: { step: number | null; step_base: number | null },
  via: Ending | null = null,
): OnLadder | null => (step === null ? null : { step, base: step_base ?? 0, via, isOverturned: false });

/** Why somebody is held who may still answer a text. */
export const AWAITING_REPLY = 'awaiting_reply';

/** What is known of a person besides. */
export interface Climber {
  ladder: OnLadder;
  attempts: number;
  hasReplied: boolean;
}

const placeOf = ({ attempts, hasReplied, ladder: { base, step } }: Climber): Place => ({
  step,
  attempts,
  tries: attempts - base,
  hasReplied,
  // Who has opted out is suppressed: the gate does not let them pass.
  hasOptedOut: false,
});

/** Most attempts of the present step. */
export const mostTriesOf = (climber: Climber, climb: Climb): number => mostTries(placeOf(climber), climb);

/** Until when an answer to the text that has gone is waited for; null: nothing depends on one. */
export const awaitsUntil = (climber: Climber, climb: Climb, now: Date): Date | null =>
  nextStep(placeOf(climber), 'no_reply', climb, now)?.at ?? null;

/** The step that an ending leads to, begun now; null: to none. After `no_reply` the time for an answer is over. */
export function stepOn(climber: Climber, ending: Ending, climb: Climb, now: Date): OnLadder | null {
  // What was waited for is over: the end of the campaign is for the gate to judge.
  const endAt = ending === 'no_reply' ? null : climb.endAt;
  const next = nextStep(placeOf(climber), ending, { ...climb, endAt }, now);
  return next === null ? null : { step: next.step, base: climber.attempts, via: ending, isOverturned: false };
}

/** Whether nothing of the present step was at a carrier yet. */
const isUntried = ({ attempts, ladder }: Climber): boolean => attempts === ladder.base;

/**
 * The step to go back to, as its text has arrived after all, and nothing of the step that it led to has gone; null: there is
 * no way back, or no need of one.
 */
export function stepBack(climber: Climber, arrivedStep: number, { steps }: Climb): OnLadder | null {
  const { ladder } = climber;
  const each = steps[ladder.step];
  const isLate =
    each !== undefined &&
    followedBy(each, ladder.step) === arrivedStep &&
    (ladder.via === 'undelivered' || ladder.via === 'unreachable') &&
    isUntried(climber);
  if (!isLate) return null;
  // Its text counts as the one attempt of it: nothing of it is repeated any more.
  return { step: arrivedStep, base: climber.attempts - 1, via: null, isOverturned: false };
}

/** Whether somebody whose number takes no texts, as is known of them, is not to be texted in this step but goes on. */
export const passesBy = (
  { step }: Pick<OnLadder, 'step'>,
  lineType: string | null,
  { steps }: Pick<Climb, 'steps'>,
): boolean =>
  lineType === 'landline' && steps[step]?.channel === 'sms' && stepAfter(steps, step, 'unreachable') !== null;
