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
  [20403, 'halt', 'account', 'credentials may not do this'],
  [20404, 'halt', 'account', 'no such account or resource'],
  [20429, 'throttle', 'account', 'too many requests; not processed', { delayMs: 1_000 }],
  [21211, 'drop_number', 'number', 'not a valid number'],
  [21215, 'halt', 'sender', 'calling this region is not switched on'],
  [21217, 'drop_number', 'number', 'not a valid number'],
  [21265, 'drop_number', 'number', 'a short code, which gets no texts'],
  [21266, 'fail', 'message', 'sender and recipient are one number'],
  [21267, 'halt', 'sender', 'a trial account, and a sender with a name'],
  [21268, 'drop_number', 'number', 'a premium rate number'],
  [21408, 'halt', 'sender', 'sending to this region is not switched on'],
  [21602, 'halt', 'message', 'no body'],
  [21603, 'halt', 'message', 'no sender'],
  [21604, 'halt', 'message', 'no recipient'],
  [21606, 'halt', 'sender', 'the sender number cannot send'],
  [21607, 'halt', 'sender', 'the sender number is not ours'],
  [21608, 'halt', 'message', 'a trial account and an unverified recipient'],
  [21609, 'halt', 'message', 'an address for callbacks is none'],
  [21610, 'suppress', 'number', 'the person opted out at the carrier'],
  [21611, 'throttle', 'sender', "the sender number's queue is full", { delayMs: HOUR }],
  [21612, 'fail', 'message', 'no route between this sender number and this one: others may have one'],
  [21614, 'drop_number', 'number', 'not a mobile number'],
  [21616, 'halt', 'sender', 'the sender number is several of the account'],
  [21617, 'halt', 'message', 'body is longer than 1,600 characters'],
  [21618, 'halt', 'message', 'this body cannot be sent'],
  [21619, 'halt', 'message', 'no body'],
  [21620, 'halt', 'message', 'the address of a picture is none'],
  [21621, 'halt', 'message', 'the sender number sends no pictures'],
  [21622, 'halt', 'message', 'the account sends no pictures'],
  [21623, 'halt', 'message', 'too many pictures in one message'],
  [21624, 'halt', 'message', 'time to live is not valid'],
  [21635, 'drop_number', 'number', 'a landline'],
  [21657, 'halt', 'sender', 'the sender number cannot send'],
  [
    21659,
    'halt',
    'sender',
    'the sender number is not one of the carrier, or a short code of another country',
  ],
  [21660, 'halt', 'sender', 'the sender number is not ours'],
  [21661, 'halt', 'sender', 'the sender number cannot send'],
  [21662, 'fail', 'message', 'no route between this sender number and this one: others may have one'],
  [21663, 'halt', 'sender', 'the sender number is set up for another region'],
  [21668, 'halt', 'sender', 'the sender number is set up for another region'],
  [21701, 'halt', 'sender', 'the messaging service does not exist'],
  [21702, 'halt', 'sender', 'the messaging service takes no messages'],
  [21703, 'halt', 'sender', 'the messaging service has no sender number'],
  [21704, 'halt', 'sender', 'the messaging service has no sender number'],
  [21705, 'halt', 'sender', 'the messaging service does not exist'],
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
  [30017, 'retry', 'message', 'the network is overloaded', { retries: 1, delayMs: 5 * MINUTE }],
  [30019, 'halt', 'message', 'larger than the carrier of the person takes'],
  [30020, 'retry', 'message', 'internal error of the provider', { retries: 1, delayMs: MINUTE }],
  [30021, 'retry', 'message', 'internal error of the provider', { retries: 1, delayMs: MINUTE }],
  [30022, 'throttle', 'sender', "the campaign's rate is exceeded", { delayMs: MINUTE }],
  [30023, 'throttle', 'sender', "the carrier's daily cap is reached", { delayMs: 24 * HOUR }],
  [30024, 'halt', 'sender', 'the sender number is not registered with the carrier of the person'],
  [30027, 'throttle', 'sender', "the carrier's daily cap is reached", { delayMs: 24 * HOUR }],
  [30032, 'halt', 'sender', 'toll-free number is not verified'],
  [30033, 'halt', 'sender', "the number's registration for application-to-person traffic is suspended"],
  [30034, 'halt', 'sender', 'number is not registered for application-to-person traffic'],
  [30035, 'halt', 'sender', 'number is not registered for application-to-person traffic'],
  [30036, 'retry', 'message', 'not sent within its validity period', { retries: 1 }],
  [30037, 'halt', 'account', 'sending is switched off for the account'],
  [30038, 'halt', 'message', 'filtered as a one-time password'],
  [30039, 'fail', 'message', 'filtered, so that two machines do not answer each other without end'],
  [30040, 'halt', 'sender', 'the sender number is not registered with the carrier of the person'],
  [30041, 'halt', 'sender', 'the sender number is not registered in this country'],
  [30042, 'halt', 'sender', 'the sender is not registered for this account'],
  [30043, 'fail', 'message', 'no route between this sender number and this one: others may have one'],
  [30044, 'halt', 'message', 'longer than a trial account may send'],
  [30047, 'retry', 'message', "in quiet hours by the carrier's reading", { retries: 1 }],
  [30410, 'retry', 'message', 'time-out at the provider', { retries: 1, delayMs: MINUTE }],
  [30450, 'drop_number', 'number', 'blocked as traffic pumping; review'],
  [30500, 'retry', 'message', 'internal error of the provider', { retries: 1, delayMs: MINUTE }],
  [30610, 'retry', 'message', "in quiet hours by the carrier's reading", { retries: 1 }],
  [30630, 'suppress', 'number', 'the person opted out at the carrier'],
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
