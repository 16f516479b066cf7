import { z } from 'zod';
import { canonicalPhoneNumber, type PhoneNumber } from '#shared/phone/phone-number.ts';
import type { InboundMedia, InboundParse, ReceivedWebhook, StatusParse } from '../carrier.ts';

/**
 * Reading Twilio's webhook parameters. Twilio adds parameters without notice: whatever is not named here is ignored.
 * https://www.twilio.com/docs/messaging/guides/webhook-request
 */

const inboundParameters = z.object({
  MessageSid: z.string().min(1),
  From: z.string().min(1),
  To: z.string().min(1),
  // Absent on a picture without words.
  Body: z.string().default(''),
  NumMedia: z.coerce.number().int().min(0).max(10).catch(0),
  // A verdict that we do not know is no verdict: our own vocabulary decides then.
  OptOutType: z.enum(['STOP', 'START', 'HELP']).nullable().catch(null),
});

const statusParameters = z.object({
  MessageSid: z.string().min(1),
  MessageStatus: z.string().min(1),
  ErrorCode: z.string().optional(),
  To: z.string().optional(),
});

/** See Carrier.parseInbound. */
export function parseInbound(webhook: ReceivedWebhook): InboundParse {
  const parsed = inboundParameters.safeParse({ OptOutType: null, ...firstValues(webhook) });
  if (!parsed.success) return { kind: 'malformed', reason: faults(parsed.error) };
  const { MessageSid: carrierMessageId, From, To, Body, NumMedia, OptOutType } = parsed.data;
  const body = storableText(Body);
  const from = carrierAddress(From);
  const to = carrierAddress(To);
  if (from === null || to === null) {
    return { kind: 'no_phone_number', unreachable: { carrierMessageId, from: From, to: To, body } };
  }
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
      status: storableText(MessageStatus),
      // Twilio writes "no error" as an absent or empty parameter, or as 0.
      errorCode: ErrorCode === undefined || ErrorCode === '' || ErrorCode === '0' ? null : ErrorCode,
      attemptId: uuidOrNull(query.get('attempt')),
      messageId: uuidOrNull(query.get('message')),
      phoneNumber: To === undefined ? null : carrierAddress(To),
    },
  };
}

/**
 * The phone number in an address of Twilio's ("+1...", "whatsapp:+1..."), canonical; null for a short code or a
 * name. Twilio always writes the +, so that nothing is ever guessed to be a national number.
 */
export function carrierAddress(address: string): PhoneNumber | null {
  const number = address.trim().replace(/^[a-z]+:/i, '');
  return number.startsWith('+') ? canonicalPhoneNumber(number) : null;
}

/** Text without NUL, which PostgreSQL cannot store. No handset sends it. */
export const storableText = (text: string): string => text.replaceAll('\0', '');

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

export const uuidOrNull = (text: string | null): string | null => {
  const parsed = z.uuid().safeParse(text);
  return parsed.success ? parsed.data.toLowerCase() : null;
};

export const faults = (error: z.ZodError): string =>
  error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
