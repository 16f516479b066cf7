import type { CallKey, CallStatus, MessageLogRecord, OutboundSms } from '#shared/contracts/message-log.ts';

/**
 * What is to be recorded of a message, said a second time and as plainly as possible, for tests to compare with: docs/message-log.md
 * as lists of words, and one look at all that the carrier ever reported. It merges nothing and shares nothing with the log.
 */

/** From the lowest to the highest: the highest that was reported stands. Other words are none. */
const STATUSES = (
  'unknown scheduled accepted queued sending initiated ringing in-progress sent sent_unconfirmed partially_delivered ' +
  'canceled failed no-answer busy undelivered completed delivered read receiving received'
).split(' ');

const OUTCOMES: Readonly<Record<string, string>> = {
  sent_unconfirmed: 'unconfirmed',
  partially_delivered: 'delivered',
  delivered: 'delivered',
  completed: 'delivered',
  read: 'read',
  canceled: 'failed',
  failed: 'failed',
  'no-answer': 'undelivered',
  busy: 'undelivered',
  undelivered: 'undelivered',
};

const last = (words: readonly string[], order: readonly string[]): string | null =>
  order.findLast((word) => words.includes(word)) ?? null;

const greatest = (texts: readonly (string | null)[]): string | null =>
  texts
    .filter((text) => text !== null)
    .sort()
    .at(-1) ?? null;

/** By all reports of one message that its carrier took. */
export function statusOf(records: readonly MessageLogRecord[]): { status: string; errorCode: string | null } {
  const reports = records.map((record) => {
    // Whoever presses a key has taken the call.
    if (record.type === 'CALL_KEY') return { word: 'in-progress', errorCode: null };
    return {
      word: STATUSES.includes(record.status) ? record.status : 'unknown',
      errorCode: record.errorCode,
    };
  });
  const status =
    last(
      reports.map(({ word }) => word),
      STATUSES,
    ) ?? 'unknown';
  const codes = reports.flatMap(({ errorCode, word }) => (word === status ? [errorCode] : []));
  return { status, errorCode: greatest(codes) };
}

export const deliveryOf = (status: string): string => OUTCOMES[status] ?? 'underway';

/** Of a text, by the earlier of its own records; 0: none of them came. */
export function segmentsIn(records: readonly MessageLogRecord[]): number {
  const own = records.filter((record): record is OutboundSms => record.type === 'OUTBOUND_SMS');
  const [first] = own.sort((a, b) => Date.parse(a.sentAt) - Date.parse(b.sentAt));
  return first?.segments ?? 0;
}

/** From the least that is known to the most. */
const CALL_OUTCOMES = ['canceled', 'failed', 'no_answer', 'busy', 'answered', 'machine', 'opted_out'];
const BY_STATUS: Readonly<Record<string, string>> = {
  'in-progress': 'answered',
  completed: 'answered',
  busy: 'busy',
  'no-answer': 'no_answer',
  failed: 'failed',
  canceled: 'canceled',
};

/** What is known of a call, by all reports of it; the price in its currency as a number. */
export function callOf(records: readonly MessageLogRecord[]) {
  const reports = records.filter((record): record is CallStatus => record.type === 'CALL_STATUS');
  const keys = records.filter((record): record is CallKey => record.type === 'CALL_KEY');
  const said = reports.flatMap(({ answeredBy, status }) => [
    BY_STATUS[status] ?? '',
    answeredBy === 'machine' || answeredBy === 'fax' ? 'machine' : '',
  ]);
  // Who pressed a key is no machine, whatever the carrier takes them for.
  const heard = keys.length === 0 ? said : ['answered', ...said.filter((word) => word !== 'machine')];
  const hasOptedOut = keys.some(({ optedOut }) => optedOut);
  const seconds = reports.flatMap((report) => report.seconds ?? []);
  const prices = reports.flatMap(({ price }) => price ?? []);
  const currency = greatest(prices.map((price) => price.currency));
  const amounts = prices.filter((price) => price.currency === currency).map(({ amount }) => Number(amount));
  return {
    outcome: last(hasOptedOut ? [...heard, 'opted_out'] : heard, CALL_OUTCOMES),
    seconds: seconds.length === 0 ? null : Math.max(...seconds),
    price: amounts.length === 0 ? null : Math.max(...amounts),
    currency,
  };
}
