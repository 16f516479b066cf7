import type { KeyObject } from 'node:crypto';
import { jwtVerify } from 'jose';
import { z } from 'zod';
import type { Answer, Dialect } from '../other-api.ts';
import { otherRequest } from '../other-api.ts';

/** Vonage's Messages API, as far as sending texts goes: https://developer.vonage.com/en/api/messages */
export interface VonageApiOptions {
  applicationId: string;
  /** Of the application's key pair. */
  publicKey: KeyObject;
  /** Where statuses go that no message names an address for. */
  statusUrl: string | null;
}

export const VONAGE_SEND_PATH = '/v1/messages';

const digits = z.string().regex(/^[1-9]\d{6,14}$/);
const fileSchema = z.object({ url: z.url(), caption: z.string().max(2_000).optional() });
const bodySchema = z
  .strictObject({
    channel: z.enum(['sms', 'mms']),
    message_type: z.enum(['text', 'image', 'audio', 'video', 'file', 'vcard']),
    to: digits,
    from: z.string().min(1),
    text: z.string().min(1).max(1_600).optional(),
    image: fileSchema.optional(),
    audio: fileSchema.optional(),
    video: fileSchema.optional(),
    file: fileSchema.optional(),
    vcard: fileSchema.optional(),
    ttl: z.number().int().min(20).max(604_800).optional(),
    client_ref: z.string().max(100).optional(),
    webhook_url: z.url().optional(),
    webhook_version: z.enum(['v0.1', 'v1']).optional(),
    sms: z.object({ encoding_type: z.enum(['text', 'unicode', 'auto']).optional() }).optional(),
  })
  .refine((body) => (body.message_type === 'text' ? body.text : body[body.message_type]) !== undefined);

const problem = (status: number, code: string, detail: string): Answer => ({
  status,
  json: {
    type: `https://developer.vonage.com/api-errors/messages#${code}`,
    title: code,
    detail,
    instance: 'bf0ca0bf927b3b52e3cb03217e1a1ddf',
  },
});

/** Refusals of a request, by Twilio's code for the same. What is not here is told by a status. */
const REFUSALS: Readonly<Record<number, Answer>> = {
  20003: problem(401, 'unauthorized', 'The credentials are refused'),
  20429: problem(429, '1000', 'Too many requests'),
  21211: problem(422, '1170', 'The number is not valid'),
  21606: problem(422, '1120', 'The sender may not send there'),
  21610: problem(422, '1240', 'The person opted out'),
};

export const vonageDialect = (options: VonageApiOptions): Dialect => ({
  refuses: async ({ headers }) => {
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    try {
      const { payload } = await jwtVerify(token, options.publicKey, {
        algorithms: ['RS256'],
        requiredClaims: ['iat', 'exp', 'jti'],
        clockTolerance: 60,
      });
      if (payload.application_id === options.applicationId) return null;
    } catch {
      // No token of this application.
    }
    return problem(401, 'unauthorized', 'You did not provide correct credentials');
  },
  read: (text) => {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      // No JSON: the schema refuses it.
    }
    const parsed = bodySchema.safeParse(json);
    if (!parsed.success) return { answer: problem(422, '1020', z.prettifyError(parsed.error)) };
    const { client_ref, from, message_type, text: words, to, ttl, webhook_url } = parsed.data;
    const file = message_type === 'text' ? undefined : parsed.data[message_type];
    const send = otherRequest({
      carrier: 'vonage',
      to: `+${to}`,
      from: /^\d{7,15}$/.test(from) ? `+${from}` : from,
      body: words ?? file?.caption ?? '',
      mediaUrls: file === undefined ? [] : [file.url],
      statusCallback: webhook_url ?? options.statusUrl,
      reference: client_ref === undefined ? {} : { client_ref },
      validForSeconds: ttl ?? 259_200,
    });
    return send === null ? { answer: problem(422, '1170', 'The number is not valid') } : { send };
  },
  refusal: (code) => REFUSALS[code] ?? null,
  accepted: ({ sid }) => ({ status: 202, json: { message_uuid: uuidOf(sid) } }),
  throttled: (seconds) => ({
    ...problem(429, '1000', 'Too many requests'),
    ...(seconds > 0 ? { headers: { 'retry-after': String(seconds) } } : {}),
  }),
  failed: problem(500, '1030', 'Internal error'),
});

/** The id of a message as others than Twilio write it. */
export function uuidOf(sid: string): string {
  const hex = sid.slice(2);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
