import type { PhoneView } from '#shared/simulator/phone-view.ts';
import { deliveryMessageOf } from './error-codes.ts';
import { fromOf, type Message, toOf } from './message.ts';

/** How messages are shown: Twilio's form for the REST API, a short one for the phones. */

export const API_VERSION = '2010-04-01';

export const messagesPath = (accountSid: string): string =>
  `/${API_VERSION}/Accounts/${accountSid}/Messages.json`;
export const messagePath = (accountSid: string, sid: string): string =>
  `/${API_VERSION}/Accounts/${accountSid}/Messages/${sid}.json`;

/** RFC 2822 with the zone as digits, as Twilio writes it. */
export const rfc2822 = (at: number): string => new Date(at).toUTCString().replace('GMT', '+0000');

/**
 * A Message resource. What a messaging service sends has neither sender nor segments while it is `accepted` or
 * `scheduled`; the number has not been chosen then.
 */
export function restMessage(accountSid: string, message: Message): Record<string, unknown> {
  const undecided = message.status === 'accepted' || message.status === 'scheduled';
  return {
    account_sid: accountSid,
    api_version: API_VERSION,
    body: message.body,
    date_created: rfc2822(message.createdAt),
    date_sent: message.sentAt === null ? null : rfc2822(message.sentAt),
    date_updated: rfc2822(message.updatedAt),
    direction: message.direction,
    error_code: message.errorCode,
    error_message: message.errorCode === null ? null : deliveryMessageOf(message.errorCode),
    from: undecided ? null : fromOf(message),
    messaging_service_sid: message.messagingServiceSid,
    num_media: String(message.mediaUrls.length),
    num_segments: undecided ? '0' : String(message.segments),
    price: null,
    price_unit: 'USD',
    sid: message.sid,
    status: message.status,
    subresource_uris: {},
    to: toOf(message),
    uri: messagePath(accountSid, message.sid),
  };
}

/** Twilio's code for a webhook that could not be retrieved. */
const WEBHOOK_FAILED = 11_200;

export function phoneView(message: Message): PhoneView {
  const inbound = message.direction === 'inbound';
  const givenUp = message.webhook === 'given_up';
  const inboundStatus = givenUp ? 'failed' : message.webhook === 'pending' ? 'receiving' : 'received';
  return {
    id: message.sid,
    direction: inbound ? 'from_phone' : 'to_phone',
    from: fromOf(message),
    to: toOf(message),
    body: message.body,
    mediaUrls: message.mediaUrls,
    status: inbound ? inboundStatus : message.status,
    errorCode: inbound && givenUp ? WEBHOOK_FAILED : message.errorCode,
    at: new Date(message.createdAt).toISOString(),
  };
}
