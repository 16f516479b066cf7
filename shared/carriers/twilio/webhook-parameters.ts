import { z } from 'zod';
import { channelAddress } from '#shared/phone/channel-address.ts';
import { canonicalPhoneNumber, type PhoneNumber } from '#shared/phone/phone-number.ts';
import { type SenderAddress, whatsAppOf } from '#shared/phone/sender-address.ts';
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
  const ends = endsOf(unreachable);
  if (ends === null) {
    return { kind: 'no_phone_number', phoneNumber: personsNumber(From), optOutType: OptOutType, unreachable };
  }
  return {
    kind: 'message',
    message: {
      carrierMessageId,
      ...ends,
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
      phoneNumber: To === undefined ? null : personsNumber(To),
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

/**
 * The number of a person in an address on a channel that we speak, canonical; null for a short code, a name, or an address of
 * any other channel.
 */
export function personsNumber(text: string): PhoneNumber | null {
  const { address, channel } = channelAddress(text);
  return (channel === 'sms' || channel === 'whatsapp') && address.startsWith('+')
    ? canonicalPhoneNumber(address)
    : null;
}

/** Who wrote, and to which address of ours, of a message on a channel that we speak; null: one of them is no number. */
export function endsOf({
  from,
  to,
}: {
  from: string;
  to: string;
}): { from: PhoneNumber; to: SenderAddress } | null {
  const person = personsNumber(from);
  const ours = personsNumber(to);
  if (person === null || ours === null) return null;
  return { from: person, to: channelAddress(to).channel === 'whatsapp' ? whatsAppOf(ours) : ours };
}

/**
 * What Twilio carries between addresses that are neither both numbers that text nor both on WhatsApp; null: they are. Which
 * numbers on WhatsApp are ours is for whoever takes it in to say.
 */
export function otherChannel(from: string, to: string): Omit<OtherChannelInbound, 'unreachable'> | null {
  const person = channelAddress(from);
  const ours = channelAddress(to).channel;
  if (person.channel === ours && (ours === 'sms' || ours === 'whatsapp')) return null;
  const channel = person.channel === 'sms' ? ours : person.channel;
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
