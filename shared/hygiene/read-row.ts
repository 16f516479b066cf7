import { z } from 'zod';
import { canonicalPhoneNumber, type PhoneNumber } from '#shared/phone/phone-number.ts';
import type { ReassignedRow } from './source.ts';

/** What a row says, or why it says nothing. */
export type ReadRow<T> = { kind: 'read'; value: T } | { kind: 'rejected'; reason: string };

/**
 * A row of the do-not-call registry: ten digits, or an area code and seven digits in two columns, as the registry gives
 * them out; any other usual way of writing a number of the North American plan is read as well. Pure.
 */
export function readDoNotCallRow(cells: readonly string[]): ReadRow<PhoneNumber> {
  const [first = '', second] = cells;
  if (cells.length > 2)
    return rejected(`${cells.length} columns: expected a number, or area code and number`);
  if (second === undefined || second === '') return numberIn(first);
  if (!/^\d{3}$/.test(first) || !/^\d{7}$/.test(second)) {
    return rejected('expected an area code of three digits and a number of seven');
  }
  return numberIn(first + second);
}

/** A row of answers: number, day that was asked with, yes|no|no data. `askedOn`: when it was asked. Pure. */
export function readReassignedRow(cells: readonly string[], askedOn: string): ReadRow<ReassignedRow> {
  const [number = '', askedAbout = '', words = ''] = cells;
  if (cells.length !== 3) return rejected(`${cells.length} columns: expected number, date, answer`);
  const phone = numberIn(number);
  if (phone.kind === 'rejected') return phone;
  if (!isDay(askedAbout)) return rejected(`${JSON.stringify(askedAbout)} is no day, like 2026-11-26`);
  if (askedAbout > askedOn) return rejected(`${askedAbout} lies after the day of the question, ${askedOn}`);
  const answer = ANSWERS.get(words.toLowerCase().replaceAll(/[\s_-]+/g, ' '));
  if (answer === undefined) return rejected(`${JSON.stringify(words)} is none of yes, no, no data`);
  return { kind: 'read', value: { phoneNumber: phone.value, askedAbout, answer } };
}

const ANSWERS: ReadonlyMap<string, ReassignedRow['answer']> = new Map([
  ['yes', 'yes'],
  ['no', 'no'],
  ['no data', 'no_data'],
]);

const day = z.iso.date();

/** Whether it is a day of the calendar in the form 2026-11-26. */
export const isDay = (text: string): boolean => day.safeParse(text).success;

/** Ten digits of the North American plan: what nearly every row of millions is, told without parsing it at length. */
const TEN_DIGITS = /^[2-9]\d{2}[2-9]\d{6}$/;

function numberIn(text: string): ReadRow<PhoneNumber> {
  const number = canonicalPhoneNumber(TEN_DIGITS.test(text) ? `+1${text}` : text, { country: 'US' });
  if (number === null || !/^\+1[2-9]\d{2}[2-9]\d{6}$/.test(number)) {
    return rejected(`${JSON.stringify(text)} is no number of the North American plan`);
  }
  return { kind: 'read', value: number };
}

const rejected = (reason: string): { kind: 'rejected'; reason: string } => ({ kind: 'rejected', reason });
