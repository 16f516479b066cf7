import { z } from 'zod';
import type { InboundMedia, InboundParse, StatusParse } from '../carrier.ts';
import { carrierId, carrierWord, faults, instantOf, storableText } from '../readable.ts';
import { idsOf } from './client-ref.ts';
import { fromVonage } from './numbers.ts';
import { codeOf } from './send.ts';
import { statusOf } from './statuses.ts';

/**
 * Webhooks of the Messages API, which are JSON. Vonage adds fields without notice: whatever is not named here is ignored.
 * https://developer.vonage.com/en/api/messages#inbound-message
 */

const fileSchema = z.object({ url: z.string().min(1), caption: z.string().optional() });
/** What a message may carry besides words; each under its own name. */
const files = ['image', 'audio', 'video', 'file', 'vcard', 'sticker'] as const;

const inboundSchema = z.object({
  channel: z.string().min(1),
  message_uuid: carrierId,
  from: z.string().min(1),
  to: z.string().min(1),
  timestamp: z.string().optional(),
  message_type: z.string().default('text'),
  text: z.string().optional(),
  image: fileSchema.optional(),
  audio: fileSchema.optional(),
  video: fileSchema.optional(),
  file: fileSchema.optional(),
  vcard: fileSchema.optional(),
  // By an id, where it has no address.
  sticker: fileSchema.optional().catch(undefined),
});

/** Channels on which a number is a phone number that texts. */
const TEXTS = new Set(['sms', 'mms']);

/** See Carrier.parseInbound. */
export function parseMessage(json: unknown): InboundParse {
  const parsed = inboundSchema.safeParse(json);
  if (!parsed.success) return { kind: 'malformed', reason: faults(parsed.error) };
  const { channel, from: theirs, message_uuid: carrierMessageId, timestamp, to: ours } = parsed.data;
  const media = files.flatMap((kind): (InboundMedia & { caption: string })[] => {
    const given = parsed.data[kind];
    return given === undefined
      ? []
      : [{ url: storableText(given.url), contentType: null, caption: given.caption ?? '' }];
  });
  const words = [parsed.data.text ?? '', ...media.map(({ caption }) => caption)].filter(
    (each) => each !== '',
  );
  const body = storableText(words.join('\n'));
  const from = fromVonage(theirs);
  const to = fromVonage(ours);
  const unreachable = { carrierMessageId, from: theirs, to: ours, body };
  if (!TEXTS.has(channel)) return { kind: 'other_channel', channel, phoneNumber: from, unreachable };
  if (from === null || to === null) {
    return { kind: 'no_phone_number', phoneNumber: from, optOutType: null, unreachable };
  }
  return {
    kind: 'message',
    message: {
      carrierMessageId,
      from,
      to,
      body,
      media: media.map(({ contentType, url }) => ({ url, contentType })),
      receivedAt: instantOf(timestamp),
      optOutType: null,
    },
  };
}

const statusSchema = z.object({
  message_uuid: carrierId,
  to: z.string().optional(),
  status: carrierWord,
  client_ref: z.string().optional(),
  error: z
    .object({
      type: z.string().optional(),
      title: z.union([z.string(), z.number().transform(String)]).optional(),
    })
    .optional(),
});

/** See Carrier.parseStatus. */
export function parseMessageStatus(json: unknown): StatusParse {
  const parsed = statusSchema.safeParse(json);
  if (!parsed.success) return { kind: 'malformed', reason: faults(parsed.error) };
  const { client_ref: reference, error, message_uuid: carrierMessageId, status, to } = parsed.data;
  return {
    kind: 'status',
    report: {
      carrierMessageId,
      status: statusOf(status),
      errorCode: error === undefined ? null : codeOf(error),
      ...idsOf(reference),
      phoneNumber: to === undefined ? null : fromVonage(to),
    },
  };
}
