import type { ErrorClass, ErrorRule } from '../errors.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Row = readonly [
  code: number,
  errorClass: ErrorClass,
  concerns: ErrorRule['concerns'],
  meaning: string,
  again?: { retries?: number; delayMs?: number },
];

/**
 * Twilio's codes. Twilio advises against logic built on codes, because they change; so this is data, and what it
 * does not name is `unknown`.
 */
const rows: readonly Row[] = [
  [10001, 'halt', 'account', 'account is not active'],
  [10004, 'throttle', 'account', 'too many calls at once', { delayMs: MINUTE }],
  [13224, 'halt', 'message', 'TwiML dials a number that is none'],
  [13225, 'halt', 'message', 'TwiML dials a number that may not be called'],
  [20003, 'halt', 'account', 'credentials are refused'],
  [20404, 'halt', 'account', 'no such account or resource'],
  [20429, 'throttle', 'account', 'too many requests; not processed', { delayMs: 1_000 }],
  [21211, 'drop_number', 'number', 'not a valid number'],
  [21215, 'halt', 'sender', 'calling this region is not switched on'],
  [21217, 'drop_number', 'number', 'not a valid number'],
  [21268, 'drop_number', 'number', 'a premium rate number'],
  [21408, 'halt', 'sender', 'sending to this region is not switched on'],
  [21602, 'halt', 'message', 'no body'],
  [21604, 'halt', 'message', 'no recipient'],
  [21606, 'halt', 'sender', 'the sender number cannot send'],
  [21607, 'halt', 'sender', 'the sender number is not ours'],
  [21608, 'halt', 'message', 'a trial account and an unverified recipient'],
  [21610, 'suppress', 'number', 'the person opted out at the carrier'],
  [21611, 'throttle', 'sender', "the sender number's queue is full", { delayMs: HOUR }],
  [21612, 'fail', 'message', 'no route between this sender number and this one: others may have one'],
  [21614, 'drop_number', 'number', 'not a mobile number'],
  [21617, 'halt', 'message', 'body is longer than 1,600 characters'],
  [21703, 'halt', 'sender', 'the messaging service has no sender number'],
  [22005, 'throttle', 'account', 'calls of more than a day are queued', { delayMs: HOUR }],
  [30001, 'throttle', 'sender', 'queue overflow', { delayMs: MINUTE }],
  [30002, 'halt', 'account', 'account is suspended'],
  [30003, 'retry', 'number', 'handset cannot be reached', { retries: 3, delayMs: 30 * MINUTE }],
  [30004, 'drop_number', 'number', 'blocked by the carrier or the person'],
  [30005, 'drop_number', 'number', 'unknown handset'],
  [30006, 'drop_number', 'number', 'landline or unreachable carrier'],
  [30007, 'halt', 'message', 'filtered as spam'],
  [30008, 'retry', 'number', 'unknown delivery error', { retries: 1, delayMs: 5 * MINUTE }],
  [30009, 'fail', 'message', 'a segment of an inbound message is missing'],
  [30010, 'halt', 'message', 'price is above the given maximum'],
  [30011, 'halt', 'message', 'no picture messages to this region'],
  [30012, 'halt', 'message', 'time to live is too short'],
  [30022, 'throttle', 'sender', "the campaign's rate is exceeded", { delayMs: MINUTE }],
  [30023, 'throttle', 'sender', "the carrier's daily cap is reached", { delayMs: 24 * HOUR }],
  [30032, 'halt', 'sender', 'toll-free number is not verified'],
  [30034, 'halt', 'sender', 'number is not registered for application-to-person traffic'],
  [30036, 'retry', 'message', 'not sent within its validity period', { retries: 1 }],
  [30410, 'retry', 'message', 'time-out at the provider', { retries: 1, delayMs: MINUTE }],
  [30450, 'drop_number', 'number', 'blocked as traffic pumping; review'],
  [30500, 'retry', 'message', 'internal error of the provider', { retries: 1, delayMs: MINUTE }],
  [30610, 'retry', 'message', "in quiet hours by the carrier's reading", { retries: 1 }],
  [30640, 'drop_number', 'number', 'known litigator'],
  [14107, 'throttle', 'number', 'more than 30 replies between two numbers', { delayMs: 30_000 }],
  [63017, 'throttle', 'account', "the account's rate is exceeded", { delayMs: MINUTE }],
  [63038, 'throttle', 'account', "the account's daily cap is reached", { delayMs: 24 * HOUR }],
];

/** HTTP statuses that came without a code of Twilio's. */
const httpRows: readonly ErrorRule[] = [401, 403, 404].map((status) => ({
  code: httpErrorCode(status),
  class: 'halt',
  concerns: 'account',
  meaning: 'the account, its credentials or the base address is wrong',
  retries: 0,
  delayMs: 0,
  source: 'https://www.twilio.com/docs/usage/twilios-response',
}));

/** What stands for the code in an answer that has none. */
export function httpErrorCode(status: number): string {
  return `http_${status}`;
}

export const twilioErrorRules: readonly ErrorRule[] = [
  ...rows.map(
    ([code, errorClass, concerns, meaning, again]): ErrorRule => ({
      code: String(code),
      class: errorClass,
      concerns,
      meaning,
      retries: again?.retries ?? 0,
      delayMs: again?.delayMs ?? 0,
      source: `https://www.twilio.com/docs/api/errors/${code}`,
    }),
  ),
  ...httpRows,
];
