import type { Status } from './message.ts';

/**
 * Twilio's error codes, as far as the simulator produces them: https://www.twilio.com/docs/api/errors
 * The wording is ours; only the codes and HTTP statuses are what a client may rely on.
 */

interface Refusal {
  httpStatus: number;
  message: string;
}

const REFUSALS: Record<number, Refusal> = {
  20001: { httpStatus: 400, message: 'A parameter is unknown or not acceptable' },
  20003: { httpStatus: 401, message: 'Authenticate' },
  20004: { httpStatus: 405, message: 'Method not allowed' },
  20404: { httpStatus: 404, message: 'The requested resource was not found' },
  20429: { httpStatus: 429, message: 'Too Many Requests' },
  20500: { httpStatus: 500, message: 'Internal server error' },
  21201: { httpStatus: 400, message: "A 'To' number to call is required" },
  21205: { httpStatus: 400, message: 'A URL is not valid' },
  21211: { httpStatus: 400, message: "The 'To' number is not a valid phone number" },
  21212: { httpStatus: 400, message: "The 'From' number is not a valid sender" },
  21213: { httpStatus: 400, message: "A 'From' number is required" },
  21214: { httpStatus: 400, message: "The 'To' number cannot be reached" },
  21215: { httpStatus: 400, message: 'Calling the region of this number is not enabled' },
  21220: { httpStatus: 400, message: 'The call is not in progress' },
  21262: { httpStatus: 400, message: "The 'Twiml' is not acceptable" },
  21266: { httpStatus: 400, message: "'To' and 'From' cannot be the same number" },
  21408: { httpStatus: 400, message: 'Sending to the region of this number is not enabled' },
  21602: { httpStatus: 400, message: "Message 'Body', 'MediaUrl' or 'ContentSid' is required" },
  21603: { httpStatus: 400, message: "A 'From' or 'MessagingServiceSid' is required" },
  21604: { httpStatus: 400, message: "A 'To' phone number is required" },
  21606: { httpStatus: 400, message: "The 'From' number is not enabled for this account" },
  21609: { httpStatus: 400, message: "The 'StatusCallback' is not a valid URL" },
  21610: { httpStatus: 400, message: 'The recipient has opted out of messages from this sender' },
  21611: { httpStatus: 429, message: "The queue of the 'From' number is full" },
  21614: { httpStatus: 400, message: "The 'To' number is not a mobile number" },
  21617: { httpStatus: 400, message: "The 'Body' exceeds 1600 characters" },
  21620: { httpStatus: 400, message: "A 'MediaUrl' is not a valid URL" },
  21623: { httpStatus: 400, message: 'More than 10 media URLs' },
  21655: { httpStatus: 400, message: "The 'ContentSid' is not valid" },
  21656: { httpStatus: 400, message: "The 'ContentVariables' are not valid" },
  21910: { httpStatus: 400, message: "'From' and 'To' must be on the same channel" },
  30409: { httpStatus: 409, message: 'Only a scheduled message can be canceled' },
  35111: { httpStatus: 400, message: "'SendAt' must lie between 15 minutes and 35 days ahead" },
  35114: { httpStatus: 400, message: "'ScheduleType' and 'SendAt' must be given together" },
  35118: { httpStatus: 400, message: "A scheduled message requires a 'MessagingServiceSid'" },
};

/** How the REST API refuses with a code; codes that are not in the table are refusals of the request's content. */
export const refusalOf = (code: number): Refusal =>
  REFUSALS[code] ?? { httpStatus: 400, message: `Request refused with error ${code}` };

/** The same in Twilio's form of an error answer. */
export const errorBody = (code: number, detail?: string): string => {
  const { httpStatus, message } = refusalOf(code);
  return JSON.stringify({
    code,
    message: detail === undefined ? message : `${message}: ${detail}`,
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status: httpStatus,
  });
};

const DELIVERY_MESSAGES: Record<number, string> = {
  14107: 'Too many replies between two numbers',
  30001: 'Queue overflow',
  30002: 'Account suspended',
  30003: 'Unreachable destination handset',
  30004: 'Message blocked',
  30005: 'Unknown destination handset',
  30006: 'Landline or unreachable carrier',
  30007: 'Message filtered',
  30008: 'Unknown error',
  30034: 'Sender not registered',
  30036: 'Validity period expired',
  63003: 'Not a WhatsApp number',
  63014: 'Blocked by an action of the recipient',
  63016: 'Free text outside the allowed window',
  63018: 'Rate limit of the channel exceeded',
  63024: 'Invalid message recipient',
  63028: 'Wrong number of template parameters',
  63032: 'Limited by WhatsApp',
};

export const deliveryMessageOf = (code: number): string => DELIVERY_MESSAGES[code] ?? `Error ${code}`;

/** Codes of 20000 to 29999 belong to the REST request, all others to the delivery of an accepted message. */
export const isRequestCode = (code: number): boolean => code >= 20_000 && code < 30_000;

/** Whether a code is of texts alone: what keeps a number from getting those says nothing about calls to it. */
export const isTextCode = (code: number): boolean => code === 21_614 || (code >= 30_000 && code < 31_000);

/** Codes of other channels than texts: it is those that do not take the message, before any network has it. */
export const isChannelCode = (code: number): boolean => code >= 63_000 && code < 64_000;

/** Codes with which a message fails before any network has it; the others fail on the way to the handset. */
const BEFORE_THE_NETWORK = new Set([14107, 30001, 30002, 30034, 30036]);

export const failureStatusOf = (code: number): Extract<Status, 'failed' | 'undelivered'> =>
  BEFORE_THE_NETWORK.has(code) ? 'failed' : 'undelivered';
