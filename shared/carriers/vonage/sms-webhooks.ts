import { z } from 'zod';
import type { InboundParse, ReceivedWebhook, StatusParse } from '../carrier.ts';
import type { MessagePart } from '../parts.ts';
import { carrierId, carrierWord, faults, instantOf, jsonOf, storableText } from '../readable.ts';
import { idsOf } from './client-ref.ts';
import { fromVonage } from './numbers.ts';
import { statusOf } from './statuses.ts';

/**
 * Webhooks of the SMS API, which many numbers are still set to. They come as a query, as a form or as JSON, as the account
 * says. Vonage adds parameters without notice: whatever is not named here is ignored.
 * https://developer.vonage.com/en/messaging/sms/guides/inbound-sms
 */

const valueSchema = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]);
const flatSchema = z.record(z.string(), z.unknown());

/** Its parameters, wherever they are. A name that is given twice counts once, as first given. */
export function smsParameters(webhook: ReceivedWebhook): Record<string, string> {
  if (webhook.method === 'GET') return ofPairs(new URLSearchParams(webhook.target.split('?')[1] ?? ''));
  if (webhook.parameters.size > 0) {
    return ofPairs([...webhook.parameters].map(([name, [value]]): [string, string] => [name, value ?? '']));
  }
  const flat = flatSchema.safeParse(jsonOf(webhook.body));
  if (!flat.success) return {};
  return ofPairs(
    Object.entries(flat.data).flatMap(([name, given]): [string, string][] => {
      const value = valueSchema.safeParse(given);
      return value.success ? [[name, value.data]] : [];
    }),
  );
}

function ofPairs(pairs: Iterable<[string, string]>): Record<string, string> {
  const parameters: Record<string, string> = Object.create(null);
  for (const [name, value] of pairs) parameters[name] ??= value;
  return parameters;
}

const inboundSchema = z.object({
  messageId: carrierId,
  msisdn: z.string().min(1),
  to: z.string().min(1),
  type: z.string().default('text'),
  text: z.string().default(''),
  'message-timestamp': z.string().optional(),
  concat: z.string().optional(),
  'concat-ref': z.string().transform(storableText).optional(),
  'concat-total': z.coerce.number().int().min(1).max(255).optional(),
  'concat-part': z.coerce.number().int().min(1).max(255).optional(),
});
type Inbound = z.infer<typeof inboundSchema>;

/** See Carrier.parseInbound. */
export function parseSms(parameters: Readonly<Record<string, string>>): InboundParse {
  const parsed = inboundSchema.safeParse({ ...parameters });
  if (!parsed.success) return { kind: 'malformed', reason: faults(parsed.error) };
  const { messageId: carrierMessageId, msisdn, text, to: ours, type } = parsed.data;
  const from = fromVonage(msisdn);
  const to = fromVonage(ours);
  const body = storableText(text);
  const unreachable = { carrierMessageId, from: msisdn, to: ours, body };
  if (type === 'binary') return { kind: 'binary', unreachable };
  if (from === null || to === null) {
    return { kind: 'no_phone_number', phoneNumber: from, optOutType: null, unreachable };
  }
  const part = partOf(parsed.data);
  if (part === 'malformed') return { kind: 'malformed', reason: 'a part of a text that does not say which' };
  return {
    kind: 'message',
    message: {
      carrierMessageId,
      from,
      to,
      body,
      media: [],
      receivedAt: instantOf(parsed.data['message-timestamp']),
      optOutType: null,
      ...(part === null ? {} : { part }),
    },
  };
}

function partOf(inbound: Inbound): MessagePart | null | 'malformed' {
  if (inbound.concat !== 'true') return null;
  const { 'concat-part': number, 'concat-ref': reference, 'concat-total': count } = inbound;
  if (number === undefined || count === undefined || reference === undefined || number > count)
    return 'malformed';
  return count === 1 ? null : { reference, number, count };
}

const receiptSchema = z.object({
  messageId: carrierId,
  msisdn: z.string().optional(),
  status: carrierWord,
  'err-code': z.string().optional(),
  'client-ref': z.string().optional(),
});

/** See Carrier.parseStatus. Here `msisdn` is whom the message went to. */
export function parseReceipt(parameters: Readonly<Record<string, string>>): StatusParse {
  const parsed = receiptSchema.safeParse({ ...parameters });
  if (!parsed.success) return { kind: 'malformed', reason: faults(parsed.error) };
  const { 'client-ref': reference, 'err-code': code, messageId, msisdn, status } = parsed.data;
  return {
    kind: 'status',
    report: {
      carrierMessageId: messageId,
      status: statusOf(status),
      errorCode: code === undefined || code === '' || code === '0' ? null : storableText(code),
      ...idsOf(reference),
      phoneNumber: msisdn === undefined ? null : fromVonage(msisdn),
    },
  };
}
