import type { ErrorClass, ErrorRule } from '../errors.ts';

const MINUTE = 60_000;

type Row = readonly [
  code: string,
  errorClass: ErrorClass,
  concerns: ErrorRule['concerns'],
  meaning: string,
  again?: { retries: number; delayMs: number },
];

/**
 * Codes that only calls have: of the request (Twilio's own) and of the network that was dialled (`sip_`, the number of RFC 3261
 * section 21, which status callbacks of failed calls carry). Those of texts and calls alike stand in error-table.ts.
 */
const rows: readonly Row[] = [
  ['21201', 'halt', 'message', 'no number to call'],
  ['21203', 'halt', 'account', 'calls abroad are not switched on'],
  ['21205', 'halt', 'message', 'an address for callbacks is none'],
  ['21210', 'halt', 'sender', 'the number that calls is not verified'],
  ['21212', 'halt', 'sender', 'the number that calls is none'],
  ['21213', 'halt', 'sender', 'no number that calls'],
  ['21214', 'drop_number', 'number', 'the number cannot be reached'],
  ['21216', 'halt', 'account', 'the account may not call this number'],
  ['21219', 'halt', 'message', 'a trial account and an unverified number'],
  ['21220', 'fail', 'message', 'the call is over'],
  ['21262', 'halt', 'message', 'the document of the call is not acceptable'],
  ['sip_403', 'fail', 'message', 'the network refused the call'],
  ['sip_404', 'drop_number', 'number', 'nobody has this number'],
  ['sip_408', 'retry', 'number', 'the network did not answer', { retries: 1, delayMs: 30 * MINUTE }],
  ['sip_410', 'drop_number', 'number', 'nobody has this number any more'],
  ['sip_480', 'retry', 'number', 'nobody can be reached there now', { retries: 2, delayMs: 30 * MINUTE }],
  ['sip_484', 'drop_number', 'number', 'not a whole number'],
  ['sip_500', 'retry', 'message', 'a fault of the network', { retries: 1, delayMs: 5 * MINUTE }],
  ['sip_502', 'retry', 'message', 'a fault of the network', { retries: 1, delayMs: 5 * MINUTE }],
  ['sip_503', 'retry', 'message', 'the network is overloaded', { retries: 1, delayMs: 5 * MINUTE }],
  ['sip_504', 'retry', 'message', 'time-out in the network', { retries: 1, delayMs: 5 * MINUTE }],
  ['sip_603', 'fail', 'message', 'the call was declined'],
  ['sip_604', 'drop_number', 'number', 'nobody has this number'],
  // "Unwanted" (RFC 8197): the person had it refused as a nuisance.
  ['sip_607', 'drop_number', 'number', 'calls from here are unwanted'],
  ['sip_608', 'fail', 'message', 'rejected by an analysis on the way'],
];

/** What stands for the code of a failed call that has only the network's answer. */
export const sipErrorCode = (status: string): string => `sip_${status}`;

export const twilioVoiceErrorRules: readonly ErrorRule[] = rows.map(
  ([code, errorClass, concerns, meaning, again]): ErrorRule => ({
    code,
    class: errorClass,
    concerns,
    meaning,
    retries: again?.retries ?? 0,
    delayMs: again?.delayMs ?? 0,
    source: code.startsWith('sip_')
      ? 'https://www.rfc-editor.org/rfc/rfc3261#section-21'
      : `https://www.twilio.com/docs/api/errors/${code}`,
  }),
);
