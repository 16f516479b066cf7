import { type ErrorRow, rulesOf } from '../error-rows.ts';
import type { ErrorRule } from '../errors.ts';
import { noWhatsAppRow } from '../whatsapp.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * How SendTextMessage refuses: the name of the error, and its reason where it has one.
 * https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html#API_SendTextMessage_Errors
 */
const refusals: readonly ErrorRow[] = [
  ['AccessDeniedException', 'halt', 'account', 'our role may not send'],
  ['AccessDeniedException:ACCOUNT_DISABLED', 'halt', 'account', 'account is disabled'],
  ['AccessDeniedException:INSUFFICIENT_ACCOUNT_REPUTATION', 'halt', 'account', 'account is not trusted'],
  ['ConflictException', 'halt', 'sender', 'a setting of the number or of the account is in the way'],
  [
    'ConflictException:DESTINATION_PHONE_NUMBER_OPTED_OUT',
    'suppress',
    'number',
    'the person opted out at the carrier',
  ],
  [
    'ConflictException:DESTINATION_PHONE_NUMBER_NOT_VERIFIED',
    'halt',
    'message',
    'a sandbox account and an unverified recipient',
  ],
  [
    'ConflictException:DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE',
    'drop_number',
    'number',
    'blocked by a protect configuration',
  ],
  [
    'ConflictException:DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION',
    'halt',
    'sender',
    'sending to this country is not switched on',
  ],
  ['ConflictException:MESSAGE_TYPE_MISMATCH', 'halt', 'sender', 'the number is for another type of message'],
  ['ConflictException:NUMBER_CAPABILITIES_MISMATCH', 'halt', 'sender', 'the number cannot send texts'],
  ['ConflictException:NO_ORIGINATION_IDENTITIES_FOUND', 'halt', 'sender', 'the sender number is not ours'],
  ['ConflictException:RESOURCE_NOT_ACTIVE', 'halt', 'sender', 'the number is not active: is it registered?'],
  ['ResourceNotFoundException', 'halt', 'sender', 'the sender number, or the configuration set, is not ours'],
  ['ServiceQuotaExceededException', 'halt', 'account', 'a quota of the account is used up'],
  [
    'ServiceQuotaExceededException:MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT',
    'halt',
    'account',
    'the spend limit of the month is reached',
  ],
  ['ThrottlingException', 'throttle', 'account', 'too many requests; not processed', { delayMs: 1_000 }],
  ['ValidationException', 'halt', 'message', 'a parameter is not valid'],
  [
    'ValidationException:DESTINATION_COUNTRY_BLOCKED',
    'halt',
    'sender',
    'sending to this country is not switched on',
  ],
  ['ValidationException:COUNTRY_NOT_ENABLED', 'halt', 'sender', 'sending to this country is not switched on'],
  [
    'ValidationException:INTERNATIONAL_SENDING_NOT_SUPPORTED',
    'halt',
    'sender',
    'the number sends inside its country only',
  ],
  [
    'ValidationException:INVALID_IDENTITY_FOR_DESTINATION_COUNTRY',
    'halt',
    'sender',
    'the number may not send to this country',
  ],
  ['ValidationException:PRICE_OVER_THRESHOLD', 'halt', 'message', 'price is above the given maximum'],
];

/** The same errors in answers of which only the HTTP status can be read, and a fault that we find before we ask. */
const ours: readonly ErrorRow[] = [
  ['http_400', 'fail', 'message', 'refused without a reason that can be read'],
  ['http_403', 'halt', 'account', 'credentials are refused'],
  ['http_404', 'halt', 'account', 'the address is wrong'],
  ['InvalidSignatureException', 'halt', 'account', 'our signature is refused: is the clock right?'],
  ['UnrecognizedClientException', 'halt', 'account', 'credentials are refused'],
  ['ExpiredTokenException', 'halt', 'account', 'credentials are too old'],
  ['media_not_supported', 'fail', 'message', 'pictures and files do not go through this carrier'],
  noWhatsAppRow,
];

/**
 * What events say of a message that was accepted: `messageStatus`.
 * https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-types.html
 */
const events: readonly ErrorRow[] = [
  ['BLOCKED', 'drop_number', 'number', 'the person does not take messages, or their number is blocked'],
  ['CARRIER_BLOCKED', 'drop_number', 'number', 'blocked by the carrier of the person'],
  [
    'CARRIER_UNREACHABLE',
    'retry',
    'number',
    "failure at the person's carrier",
    { retries: 1, delayMs: 5 * MINUTE },
  ],
  ['INVALID', 'drop_number', 'number', 'not a valid number'],
  ['INVALID_MESSAGE', 'halt', 'message', 'the message is not valid'],
  ['PROTECT_BLOCKED', 'halt', 'sender', 'sending to this country is not switched on'],
  ['SPAM', 'halt', 'message', 'filtered as spam'],
  ['TTL_EXPIRED', 'retry', 'message', 'not sent within its time to live', { retries: 1 }],
  ['UNKNOWN', 'fail', 'number', 'no network said what became of it'],
  ['UNREACHABLE', 'retry', 'number', 'handset cannot be reached', { retries: 3, delayMs: HOUR / 2 }],
];

export const MEDIA_NOT_SUPPORTED = 'media_not_supported';

/** The codes of AWS End User Messaging SMS. What is not here is `unknown`. */
export const awsErrorRules: readonly ErrorRule[] = [
  ...rulesOf(
    refusals,
    'https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html',
  ),
  ...rulesOf(ours, 'https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/CommonErrors.html'),
  ...rulesOf(
    events,
    'https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-types.html',
  ),
];

const known = new Set(awsErrorRules.map(({ code }) => code));

/** The code of an error with a reason: of a reason that no row names, the row of the error alone, where there is one. */
export const codeOf = (name: string, reason: string | undefined): string => {
  const exact = reason === undefined ? name : `${name}:${reason}`;
  return !known.has(exact) && known.has(name) ? name : exact;
};
