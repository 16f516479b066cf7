import { z } from 'zod';
import { channelAddress } from '#shared/phone/channel-address.ts';
import { canonicalPhoneNumber, type PhoneNumber } from '#shared/phone/phone-number.ts';
import type {
  InboundMedia,
  InboundParse,
  OtherChannelInbound,
  ReceivedWebhook,
  StatusParse,
} from '../carrier.ts';
import { carrierId, carrierWord, faults, storableText, uuidOrNull } from '../readable.ts';

/**
 * Reading Twilio's webhook parameters. Twilio adds parameters without notice: whatever is not named here is ignored.
 * https://www.twilio.com/docs/messaging/guides/webhook-request
 */

const inboundParameters = z.object({
  MessageSid: carrierId,
  From: z.string().min(1),
  To: z.string().min(1),
  // Absent on a picture without words.
  Body: z.string().default(''),
  NumMedia: z.coerce.number().int().min(0).max(10).catch(0),
  // A verdict that we do not know is no verdict: our own vocabulary decides then.
  OptOutType: z.enum(['STOP', 'START', 'HELP']).nullable().catch(null),
});

const statusParameters = z.object({
  MessageSid: carrierId,
  MessageStatus: carrierWord,
  ErrorCode: z.string().optional(),
  To: z.string().optional(),
});

/** See Carrier.parseInbound. */
export function parseInbound(webhook: ReceivedWebhook): InboundParse {
  const parsed = inboundParameters.safeParse({ OptOutType: null, ...firstValues(webhook) });
  if (!parsed.success) return { kind: 'malformed', reason: faults(parsed.error) };
  const { MessageSid: carrierMessageId, From, To, Body, NumMedia, OptOutType } = parsed.data;
  const body = storableText(Body);
  const unreachable = { carrierMessageId, from: From, to: To, body };
  const other = otherChannel(From, To);
  if (other !== null) return { ...other, unreachable };
  const from = carrierAddress(From);
  const to = carrierAddress(To);
  if (from === null || to === null) return { kind: 'no_phone_number', unreachable };
  return {
    kind: 'message',
    message: {
      carrierMessageId,
      from,
      to,
      body,
      media: mediaOf(webhook, NumMedia),
      receivedAt: null,
      optOutType: OptOutType,
    },
  };
}

/** See Carrier.parseStatus. */
export function parseStatus(webhook: ReceivedWebhook): StatusParse {
  const parsed = statusParameters.safeParse(firstValues(webhook));
  if (!parsed.success) return { kind: 'malformed', reason: faults(parsed.error) };
  const { MessageSid, MessageStatus, ErrorCode, To } = parsed.data;
  const query = new URLSearchParams(webhook.target.split('?')[1] ?? '');
  return {
    kind: 'status',
    report: {
      carrierMessageId: MessageSid,
      status: MessageStatus,
      // Twilio writes "no error" as an absent or empty parameter, or as 0.
      errorCode:
        ErrorCode === undefined || ErrorCode === '' || ErrorCode === '0' ? null : storableText(ErrorCode),
      attemptId: uuidOrNull(query.get('attempt')),
      messageId: uuidOrNull(query.get('message')),
      phoneNumber: To === undefined ? null : carrierAddress(To),
    },
  };
}

/**
 * The phone number in an address of Twilio's, canonical; null for a short code, a name, or an address of another channel
 * ("whatsapp:+1..."). Twilio always writes the +, so that nothing is ever guessed to be a national number.
 */
export function carrierAddress(text: string): PhoneNumber | null {
  const { address, channel } = channelAddress(text);
  return channel === 'sms' && address.startsWith('+') ? canonicalPhoneNumber(address) : null;
}

/** What Twilio carries between addresses that are not both numbers that text; null: they are. */
export function otherChannel(from: string, to: string): Omit<OtherChannelInbound, 'unreachable'> | null {
  const person = channelAddress(from);
  const { channel } = person.channel === 'sms' ? channelAddress(to) : person;
  if (channel === 'sms') return null;
  return {
    kind: 'other_channel',
    channel,
    phoneNumber: person.address.startsWith('+') ? canonicalPhoneNumber(person.address) : null,
  };
}

function mediaOf(webhook: ReceivedWebhook, count: number): InboundMedia[] {
  const media: InboundMedia[] = [];
  for (let index = 0; index < count; index++) {
    const url = webhook.parameters.get(`MediaUrl${index}`)?.[0];
    const contentType = webhook.parameters.get(`MediaContentType${index}`)?.[0] ?? null;
    if (url !== undefined) media.push({ url, contentType });
  }
  return media;
}

export const firstValues = (webhook: ReceivedWebhook): Record<string, string | undefined> =>
  Object.fromEntries([...webhook.parameters].map(([name, values]) => [name, values[0]]));
