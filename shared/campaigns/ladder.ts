import { z } from 'zod';

/**
 * The ladder of a campaign that goes to people by text and by call: steps that follow from how the one before ended. Pure.
 *
 * A step is one thing that is to reach somebody: a text or a call, tried as often as it says. It ends in one of `endings`,
 * and whichever step takes that ending comes next; where none does, that is the end. One budget of attempts, one
 * suppression and one end of the campaign hold for all steps together, and whoever answers is left alone. Nothing here
 * asks about hours, consent or caps: the gate is asked about every step by its own channel.
 */

export const stepChannels = ['sms', 'voice'] as const;
export type StepChannel = (typeof stepChannels)[number];

/** How a text ends, as far as a ladder cares. */
export const textEndings = [
  /** It did not arrive, or the carrier refused it, and it is not tried again. */
  'undelivered',
  /** The number takes no texts: a landline. */
  'unreachable',
  /** It went, and nobody answered in time. */
  'no_reply',
] as const;

/** How a call ends. What the person opts out in ends the ladder and is none of these. */
export const callEndings = ['answered', 'machine', 'busy', 'no_answer', 'failed'] as const;

export const endings = [...textEndings, ...callEndings] as const;
export type Ending = (typeof endings)[number];

export const endingsOf: Readonly<Record<StepChannel, readonly Ending[]>> = {
  sms: textEndings,
  voice: callEndings,
};

export const MOST_STEPS = 4;
/** Two weeks: longer than anybody waits, shorter than what a text was about is forgotten. */
const LONGEST_WAIT_MINUTES = 20_160;

/** What stands in a definition of every step, its words apart. */
export const stepRuleFields = {
  channel: z.enum(stepChannels),
  /** After which step it may come, by its place from 0; null: the one before it. */
  follows: z
    .int()
    .min(0)
    .max(MOST_STEPS - 2)
    .nullable()
    .default(null),
  /** Which endings of that step lead here; none for the first. */
  after: z.array(z.enum(endings)).max(endings.length).default([]),
  /** After `no_reply`: how long an answer to the text is waited for. */
  answerWithinMinutes: z.int().min(1).max(LONGEST_WAIT_MINUTES).nullable().default(null),
  /** Most attempts of this step, where those before failed for a reason that may pass. */
  tries: z.int().min(1).max(10).default(1),
};

/** What decides where somebody goes. */
export interface StepRule {
  channel: StepChannel;
  follows: number | null;
  after: readonly Ending[];
  answerWithinMinutes: number | null;
  tries: number;
}

/** The step that a step comes after; null: it is the first. */
export const followedBy = ({ follows }: Pick<StepRule, 'follows'>, place: number): number | null =>
  place === 0 ? null : (follows ?? place - 1);

/** The step that an ending of another leads to; null: to none. At most one does (`ladderFaults`). */
export function stepAfter(steps: readonly StepRule[], step: number, ending: Ending): number | null {
  const next = steps.findIndex(
    (each, place) => followedBy(each, place) === step && each.after.includes(ending),
  );
  return next < 0 ? null : next;
}

/** What holds for all steps of a campaign together. */
export interface Climb {
  steps: readonly StepRule[];
  /** Most messages and calls to one person, of all steps. */
  maxAttempts: number;
  endAt: Date | null;
  /** Active, or paused: one that has ended begins no step. */
  isUnderWay: boolean;
}

/** Where somebody is on it. */
export interface Place {
  step: number;
  /** Attempts that were at a carrier, of all steps; of this one. */
  attempts: number;
  tries: number;
  hasReplied: boolean;
  /** Said to leave them alone. What a suppression says of them besides, the gate knows. */
  hasOptedOut: boolean;
}

/** A step that is to begin, not before `at`. */
export interface NextStep {
  step: number;
  at: Date;
}

const MINUTE_MS = 60_000;

/**
 * The step that comes after an ending of the present one, and not before when; null: that was the end. After `no_reply` it
 * is to be asked when the text has gone (`now`): `at` is until when an answer is waited for. Whoever answers meanwhile, or
 * opts out, is asked about again then, and goes no further.
 */
export function nextStep(place: Place, ending: Ending, climb: Climb, now: Date): NextStep | null {
  const { endAt, isUnderWay, maxAttempts, steps } = climb;
  if (!isUnderWay || place.hasReplied || place.hasOptedOut || place.attempts >= maxAttempts) return null;
  const step = stepAfter(steps, place.step, ending);
  if (step === null) return null;
  const waited = ending === 'no_reply' ? (steps[step]?.answerWithinMinutes ?? 0) : 0;
  const at = new Date(now.getTime() + waited * MINUTE_MS);
  return endAt !== null && at >= endAt ? null : { step, at };
}

/** How many attempts of the present step there may be at the most, for whoever judges whether to repeat one. */
export const mostTries = ({ attempts, step, tries }: Place, { maxAttempts, steps }: Climb): number =>
  Math.min(steps[step]?.tries ?? 1, tries + Math.max(0, maxAttempts - attempts));

/** Places of the steps from the first to this one, along what leads here. */
export function pathTo(steps: readonly StepRule[], step: number): number[] {
  const each = steps[step];
  if (each === undefined) return [];
  const before = followedBy(each, step);
  return before === null || before >= step ? [step] : [...pathTo(steps, before), step];
}

export interface LadderFault {
  /** JSON pointer below the ladder, as `/1/after`. */
  pointer: string;
  message: string;
}

/** What is wrong with the order of steps, whatever they say; in the order of the ladder. */
export function ladderFaults(steps: readonly StepRule[], maxAttempts: number): LadderFault[] {
  if (steps.length < 2) return [{ pointer: '', message: 'must have two steps or more' }];
  const channels = new Set(steps.map(({ channel }) => channel));
  return [
    ...(channels.size < 2 ? [{ pointer: '', message: 'must have a text and a call' }] : []),
    ...steps.flatMap((each, place) =>
      place === 0 ? firstFaults(each) : followingFaults(steps, each, place, maxAttempts),
    ),
  ];
}

function firstFaults({ after, answerWithinMinutes, follows }: StepRule): LadderFault[] {
  return [
    ...(follows === null ? [] : [{ pointer: '/0/follows', message: 'must be empty: it is the first step' }]),
    ...(after.length === 0 ? [] : [{ pointer: '/0/after', message: 'must be empty: it is the first step' }]),
    ...(answerWithinMinutes === null
      ? []
      : [{ pointer: '/0/answerWithinMinutes', message: 'must be empty: it is the first step' }]),
  ];
}

function followingFaults(
  steps: readonly StepRule[],
  each: StepRule,
  place: number,
  maxAttempts: number,
): LadderFault[] {
  const at = (field: string): string => `/${place}/${field}`;
  const before = followedBy(each, place);
  if (before === null || before >= place) {
    return [{ pointer: at('follows'), message: 'must be a step before it' }];
  }
  const { after, answerWithinMinutes } = each;
  const faults: LadderFault[] = [];
  const ends = endingsOf[steps[before]?.channel ?? 'sms'];
  const what = ends === textEndings ? 'text' : 'call';
  if (after.length === 0)
    faults.push({ pointer: at('after'), message: 'must name an ending of the step before' });
  for (const [index, ending] of after.entries()) {
    const pointer = at(`after/${index}`);
    if (!ends.includes(ending)) {
      faults.push({ pointer, message: `is no ending of a ${what}: those are ${ends.join(', ')}` });
    } else if (after.indexOf(ending) < index) faults.push({ pointer, message: 'is given twice' });
    else {
      const other = stepAfter(steps, before, ending);
      if (other !== null && other < place)
        faults.push({ pointer, message: `leads to step ${other} already: it can lead to one` });
    }
  }
  const isWaiting = after.includes('no_reply');
  if (isWaiting && answerWithinMinutes === null) {
    faults.push({
      pointer: at('answerWithinMinutes'),
      message: 'must say how long an answer is waited for',
    });
  }
  if (!isWaiting && answerWithinMinutes !== null)
    faults.push({ pointer: at('answerWithinMinutes'), message: 'is of steps after no_reply' });
  const length = pathTo(steps, place).length;
  if (length > maxAttempts) {
    const message = `can never be come to: it takes ${length} attempts, and maxAttempts is ${maxAttempts}`;
    faults.push({ pointer: at('after'), message });
  }
  return faults;
}
