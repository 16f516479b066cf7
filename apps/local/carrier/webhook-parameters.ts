import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { channelAddress } from '#shared/phone/channel-address.ts';
import { deliveryMessageOf } from './error-codes.ts';
import { fromOf, type Message, type Notice, toOf } from './message.ts';
import { API_VERSION } from './message-view.ts';
import { isOnWhatsApp } from './whatsapp.ts';

/**
 * What Twilio posts to the application.
 * https://www.twilio.com/docs/messaging/guides/webhook-request
 * https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
 */

/** An inbound text. City, state and zip are empty, as Twilio leaves them where it does not know them. */
export function inboundParameters(accountSid: string, message: Message): Record<string, string> {
  const parameters: Record<string, string> = {
    ToCountry: countryOf(channelAddress(message.ours).address),
    ToState: '',
    ToCity: '',
    ToZip: '',
    FromCountry: countryOf(message.phone),
    FromState: '',
    FromCity: '',
    FromZip: '',
    SmsMessageSid: message.sid,
    SmsSid: message.sid,
    MessageSid: message.sid,
    SmsStatus: 'received',
    AccountSid: accountSid,
    From: fromOf(message),
    To: toOf(message),
    Body: message.body,
    NumMedia: String(message.mediaUrls.length),
    NumSegments: String(message.segments),
    ApiVersion: API_VERSION,
  };
  if (message.messagingServiceSid) parameters.MessagingServiceSid = message.messagingServiceSid;
  if (message.optOutType) parameters.OptOutType = message.optOutType;
  // https://www.twilio.com/docs/whatsapp/api: what comes with what was written there
  if (isOnWhatsApp(message)) Object.assign(parameters, { ProfileName: '', WaId: message.phone.slice(1) });
  for (const [index, url] of message.mediaUrls.entries()) {
    parameters[`MediaUrl${index}`] = url;
    parameters[`MediaContentType${index}`] = mediaTypeOf(url);
  }
  return parameters;
}

/** A change of status, as it was at the time of the change. */
export function statusParameters(
  accountSid: string,
  message: Message,
  notice: Notice,
): Record<string, string> {
  const parameters: Record<string, string> = {
    SmsSid: message.sid,
    SmsStatus: notice.status,
    MessageStatus: notice.status,
    MessageSid: message.sid,
    AccountSid: accountSid,
    From: fromOf(message),
    To: toOf(message),
    ApiVersion: API_VERSION,
  };
  if (message.messagingServiceSid) parameters.MessagingServiceSid = message.messagingServiceSid;
  if (notice.errorCode !== null) {
    parameters.ErrorCode = String(notice.errorCode);
    parameters.ErrorMessage = deliveryMessageOf(notice.errorCode);
  }
  if (isOnWhatsApp(message)) parameters.ChannelPrefix = 'whatsapp';
  if (notice.status === 'delivered' || notice.status === 'undelivered') {
    parameters.RawDlrDoneDate = receiptDate(message.updatedAt);
  }
  return parameters;
}

/** YYMMDDhhmm, as networks write it in delivery receipts. */
const receiptDate = (at: number): string => new Date(at).toISOString().replace(/[-T:]/g, '').slice(2, 12);

const countries = new Map<string, string>();

/** Looked up once per number that is written to: parsing is slow and the same few numbers return. */
export function countryOf(number: string): string {
  const known = countries.get(number);
  if (known !== undefined) return known;
  const country = parsePhoneNumberFromString(number)?.country ?? (number.startsWith('+1') ? 'US' : '');
  if (countries.size >= 10_000) countries.clear();
  countries.set(number, country);
  return country;
}

const MEDIA_TYPES: Record<string, string> = {
  png: 'image/png',
  gif: 'image/gif',
  mp4: 'video/mp4',
  mp3: 'audio/mpeg',
  pdf: 'application/pdf',
  vcf: 'text/vcard',
};

const mediaTypeOf = (url: string): string =>
  MEDIA_TYPES[/\.([a-z0-9]+)(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? ''] ?? 'image/jpeg';
