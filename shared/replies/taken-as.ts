import type { InboundSms } from '#shared/contracts/dialog-commands.ts';
import type { DialogEvent, DialogEventBatch } from '#shared/contracts/dialog-events.ts';

/**
 * What became of a text (docs/decisions/0027). Null, while nothing is known yet, stands beside these:
 * - `consent`: it stops, starts or asks for help, as a word or in words of the person's own; known at once
 * - `stopped`: whoever wrote it is suppressed, and the dialog says nothing to them; known at once
 * - `lesson`: the dialog took it as the answer to the question that waited
 * - `dialog`: the dialog answers it otherwise: menu, more, a code, thanks
 * - `people`: nobody but people can answer it
 * - `untold`: the dialog has said nothing of it for some minutes, so people have it; what it says later stands
 */
export const takenAs = ['consent', 'stopped', 'lesson', 'dialog', 'people', 'untold'] as const;
export type TakenAs = (typeof takenAs)[number];

/** What the dialog says of a text, on its own stream. */
export type Verdict = Extract<TakenAs, 'lesson' | 'dialog' | 'people'>;

/** What is known of a text when it comes. */
export function takenAtOnce({ payload }: InboundSms, isSuppressed: boolean): TakenAs | null {
  if (payload.consent !== null || payload.optOutType !== undefined) return 'consent';
  return isSuppressed ? 'stopped' : null;
}

/** Whether a person's word about something, and no word about consent: it makes them somebody who has replied. */
export const isReply = (taken: TakenAs | null): boolean => taken !== 'consent';

/** Whether somebody should look at it. */
export const isForPeople = (taken: TakenAs | null): boolean => wantsAnswer(taken) || taken === 'stopped';

/** Whether somebody has to answer it. Nothing may be sent to whoever has stopped. */
export const wantsAnswer = (taken: TakenAs | null): boolean => taken === 'people' || taken === 'untold';

/** Whether what the dialog says of it still decides: until then it is known for a while at most. */
export const mayTurnOut = (taken: TakenAs | null): boolean =>
  taken === null || taken === 'stopped' || taken === 'untold';

/**
 * Whether it counts as an answer to the campaign that it belongs to: the answer to a lesson only where that campaign started
 * lessons (`ofLesson`). Known only when the dialog has had it.
 */
export const countsForCampaign = (taken: TakenAs | null, ofLesson: boolean): boolean =>
  taken === 'people' || taken === 'dialog' || (ofLesson && taken === 'lesson');

/** Events that a text of a person does not bring about, whatever the command was. */
const OF_OTHER_COMMANDS: ReadonlySet<DialogEvent['type']> = new Set([
  'DRILL_STARTED',
  'REMINDER_TRIGGERED',
  'AD_HOC_MESSAGE_SENT',
  'USER_UPDATED',
]);

const ABOUT_CONSENT: ReadonlySet<DialogEvent['type']> = new Set([
  'OPTED_OUT',
  'OPTED_BACK_IN',
  'HELP_REQUESTED',
]);

/**
 * What a batch of events says of the text that it comes of, whose id is the command's. Null: it comes of no text, or of one
 * about consent, which is known to be one.
 */
export function verdictOf({ events, origin }: DialogEventBatch): Verdict | null {
  const types = events.map(({ type }) => type);
  if (origin.kind !== 'reply' || types.some((type) => OF_OTHER_COMMANDS.has(type))) return null;
  if (types.some((type) => ABOUT_CONSENT.has(type))) return null;
  const unhandled = events.find((event) => event.type === 'UNHANDLED_MESSAGE_RECEIVED');
  if (unhandled !== undefined) return unhandled.wordless === undefined ? 'people' : 'dialog';
  return types.includes('COMPLETED_PROMPT') || types.includes('FAILED_PROMPT') ? 'lesson' : 'dialog';
}
