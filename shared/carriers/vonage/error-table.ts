import { type ErrorRow, rulesOf } from '../error-rows.ts';
import type { ErrorRule } from '../errors.ts';
import { noWhatsAppRow } from '../whatsapp.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Of the Messages API, in answers and statuses: https://developer.vonage.com/en/api-errors/messages */
const messages: readonly ErrorRow[] = [
  ['1000', 'throttle', 'account', 'too many requests; not processed', { delayMs: 1_000 }],
  ['1010', 'halt', 'message', 'a parameter is missing'],
  ['1020', 'halt', 'message', 'a parameter is not valid'],
  ['1030', 'retry', 'message', 'internal error of the carrier', { retries: 1, delayMs: MINUTE }],
  ['1040', 'drop_number', 'number', 'not a number that can be reached'],
  ['1050', 'drop_number', 'number', 'the carrier lets nothing through to this number'],
  ['1060', 'halt', 'account', 'account is barred'],
  ['1070', 'halt', 'account', 'no credit is left'],
  ['1080', 'halt', 'account', 'account may not use this interface'],
  ['1090', 'halt', 'message', 'message is too long'],
  ['1100', 'retry', 'message', 'not handed on: a failure of communication', { retries: 1, delayMs: MINUTE }],
  ['1110', 'halt', 'account', 'our signature is refused'],
  ['1120', 'halt', 'sender', 'the sender number may not send there'],
  ['1130', 'halt', 'message', 'time to live is not valid'],
  ['1140', 'halt', 'account', 'not switched on for the account'],
  ['1150', 'halt', 'message', 'message class is not valid'],
  ['1160', 'halt', 'message', 'a trial account and a recipient that is not on its list'],
  ['1170', 'drop_number', 'number', 'not a valid number'],
  ['1180', 'retry', 'number', 'handset cannot be reached', { retries: 3, delayMs: 30 * MINUTE }],
  ['1190', 'drop_number', 'number', 'number is not in use any more'],
  ['1200', 'drop_number', 'number', 'number was taken along to another network and is not found there'],
  ['1210', 'halt', 'message', 'filtered as spam'],
  ['1220', 'retry', 'number', 'handset is busy', { retries: 2, delayMs: 30 * MINUTE }],
  ['1230', 'retry', 'message', 'failure of the network', { retries: 1, delayMs: 5 * MINUTE }],
  ['1240', 'suppress', 'number', 'the person opted out at the carrier'],
  ['1241', 'throttle', 'number', 'too many messages to this number', { delayMs: HOUR }],
  ['1250', 'fail', 'message', 'no route between this sender number and this one: others may have one'],
  ['1260', 'fail', 'message', 'destination cannot be reached'],
  ['1270', 'fail', 'message', 'content is not allowed for the age of this person'],
  ['1280', 'drop_number', 'number', 'blocked by the carrier of the person'],
  ['1290', 'fail', 'message', "the person's prepaid account is empty"],
  ['1300', 'drop_number', 'number', 'not a number of that network'],
  ['1310', 'fail', 'message', 'the device cannot take this message'],
  ['1320', 'ambiguous', 'message', 'the carrier says that it was sent before'],
  ['1330', 'retry', 'number', 'unknown delivery error', { retries: 1, delayMs: 5 * MINUTE }],
  ['1360', 'retry', 'message', 'not sent within its time to live', { retries: 1 }],
];

/**
 * `err-code` of delivery receipts of the SMS API:
 * https://developer.vonage.com/en/messaging/sms/guides/delivery-receipts
 */
const receipts: readonly ErrorRow[] = [
  ['1', 'retry', 'number', 'unknown delivery error', { retries: 1, delayMs: 5 * MINUTE }],
  ['2', 'retry', 'number', 'handset cannot be reached', { retries: 3, delayMs: 30 * MINUTE }],
  ['3', 'drop_number', 'number', 'number is not in use any more'],
  ['4', 'drop_number', 'number', 'the person had texts barred'],
  ['5', 'drop_number', 'number', 'number was taken along to another network and is not found there'],
  ['6', 'halt', 'message', 'filtered as spam'],
  ['7', 'retry', 'number', 'handset is busy', { retries: 2, delayMs: 30 * MINUTE }],
  ['8', 'retry', 'message', 'failure of the network', { retries: 1, delayMs: 5 * MINUTE }],
  ['9', 'suppress', 'number', 'the person opted out at the carrier'],
  ['10', 'halt', 'message', 'a parameter is not valid'],
  ['11', 'fail', 'message', 'no route between this sender number and this one: others may have one'],
  ['12', 'fail', 'message', 'destination cannot be reached'],
  ['13', 'fail', 'message', 'content is not allowed for the age of this person'],
  ['14', 'drop_number', 'number', 'blocked by the carrier of the person'],
  ['15', 'fail', 'message', "the person's prepaid account is empty"],
  ['99', 'fail', 'message', 'a fault of the route'],
];

/** Names that answers of all of Vonage's interfaces may have: https://developer.vonage.com/en/api-errors */
const names: readonly ErrorRow[] = [
  ['account-suspended', 'halt', 'account', 'account is suspended'],
  ['forbidden', 'halt', 'account', 'credentials may not do this'],
  ['invalid-api-key', 'halt', 'account', 'API key is refused'],
  ['invalid-params', 'halt', 'message', 'a parameter is not valid'],
  ['invalid-signature', 'halt', 'account', 'our signature is refused'],
  ['jwt-expired', 'halt', 'account', 'our token is too old: is the clock right?'],
  ['jwt-revoked', 'halt', 'account', 'our token was revoked'],
  ['low-balance', 'halt', 'account', 'no credit is left'],
  ['not-found', 'halt', 'account', 'no such account or resource'],
  ['unauthorized', 'halt', 'account', 'credentials are refused'],
  ['unprovisioned', 'halt', 'account', 'account may not use this interface'],
];

/** HTTP statuses that came without a code of Vonage's, and faults that we find before we ask. */
const ours: readonly ErrorRow[] = [
  ['http_401', 'halt', 'account', 'credentials are refused'],
  ['http_402', 'halt', 'account', 'no credit is left'],
  ['http_403', 'halt', 'account', 'credentials may not do this'],
  ['http_404', 'halt', 'account', 'the base address is wrong'],
  ['http_422', 'halt', 'message', 'a parameter is not valid'],
  [
    'too_many_media',
    'fail',
    'message',
    'one picture or file can go with a message of this carrier, not more',
  ],
  noWhatsAppRow,
];

export const TOO_MANY_MEDIA = 'too_many_media';

/** Vonage's codes. What is not here is `unknown`. */
export const vonageErrorRules: readonly ErrorRule[] = [
  ...rulesOf(messages, 'https://developer.vonage.com/en/api-errors/messages'),
  ...rulesOf(receipts, 'https://developer.vonage.com/en/messaging/sms/guides/delivery-receipts'),
  ...rulesOf(names, 'https://developer.vonage.com/en/api-errors'),
  ...rulesOf(ours, 'https://developer.vonage.com/en/api/messages'),
];
