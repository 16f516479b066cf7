import { DAY_MS } from '#shared/compliance/local-day.ts';
import { DO_NOT_CALL_LIST_MS, REASSIGNED_ANSWER_MS } from '#shared/compliance/rules.ts';
import { CarillonError } from '#shared/errors.ts';
import { isDay } from './read-row.ts';

/**
 * Days are those of UTC: no place that is served begins its day earlier but Guam and its neighbours, so that a list never
 * counts longer than it may, and today's date in America is never tomorrow's here.
 */
const startOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** When a do-not-call list of a day stops counting. */
export const listEnds = (listDate: string): Date => new Date(startOf(listDate) + DO_NOT_CALL_LIST_MS);

/** When an answer of the Reassigned Numbers Database stops counting. */
export const answerEnds = (askedOn: string): Date => new Date(startOf(askedOn) + REASSIGNED_ANSWER_MS);

/** Throws `invalid_record` for a do-not-call list that could not be in force. */
export const checkListDate = (listDate: string, now: Date): void =>
  checkDay(listDate, now, listEnds, {
    what: 'a do-not-call list',
    mend: 'Download the registry again, and give the date that its site shows for the data.',
  });

/** Throws `invalid_record` for answers that are none any more. */
export const checkAskedOn = (askedOn: string, now: Date): void =>
  checkDay(askedOn, now, answerEnds, {
    what: 'an answer of the Reassigned Numbers Database',
    mend: 'Ask it again, and give the day of the question.',
  });

function checkDay(
  day: string,
  now: Date,
  endOf: (day: string) => Date,
  { what, mend }: { what: string; mend: string },
): void {
  if (!isDay(day)) throw refused(`${JSON.stringify(day)} is no day, like 2026-11-26.`);
  if (startOf(day) > now.getTime()) {
    throw refused(`${day} lies in the future: today is ${now.toISOString().slice(0, 10)} (UTC). ${mend}`);
  }
  if (endOf(day) <= now) {
    const days = (endOf(day).getTime() - startOf(day)) / DAY_MS;
    throw refused(`${day} is too long ago: ${what} counts for ${days} days. ${mend}`);
  }
}

const refused = (message: string): CarillonError => new CarillonError('invalid_record', message);
