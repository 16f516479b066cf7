import { z } from 'zod';
import { numberOf } from '#shared/phone/sender-address.ts';
import type { SendOutcome, SendRequest } from '../carrier.ts';
import type { ErrorRule } from '../errors.ts';
import { MOST_MEDIA } from '../media.ts';
import { describe, neverConnected } from '../never-connected.ts';
import { validityOf } from '../validity.ts';
import { refuseWhatsApp } from '../whatsapp.ts';
import { clientRefOf } from './client-ref.ts';
import { TOO_MANY_MEDIA } from './error-table.ts';
import { vonageNumber } from './numbers.ts';

/** `ttl`, in s: below 20 s the networks give a message no chance; more than a week no network keeps it. */
const TTL = { least: 20, most: 604_800 };

export interface SendParts {
  apiUrl: string;
  /** The token of the application, for the header. */
  token(): Promise<string>;
  timeoutMs: number;
  classify: (code: string) => ErrorRule;
}

/**
 * One POST to the Messages API. https://developer.vonage.com/en/api/messages#SendMessage
 * It has no key by which a repetition would be recognised, so a request without an answer is ambiguous.
 */
export async function send(parts: SendParts, request: SendRequest): Promise<SendOutcome> {
  if (request.signal.aborted) return { kind: 'not_sent', reason: 'aborted before the request' };
  const ttl = validityOf(request.validForSeconds, TTL);
  if (typeof ttl === 'object') return ttl;
  const unspoken = refuseWhatsApp(request, parts.classify);
  if (unspoken !== null) return unspoken;
  if (request.mediaUrls.length > MOST_MEDIA.vonage)
    return refusedAs(TOO_MANY_MEDIA, 'more than one file', parts.classify);
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(parts.timeoutMs)]);
  let token: string;
  try {
    token = await parts.token();
  } catch (error) {
    return { kind: 'not_sent', reason: `no token could be signed: ${describe(error)}` };
  }
  try {
    const response = await fetch(`${parts.apiUrl}/v1/messages`, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(bodyOf(request, ttl)),
      redirect: 'manual',
      signal,
    });
    // Read in any case: a connection whose answer is not read is not used again.
    const text = await response.text();
    return outcomeOf(response, text, parts.classify);
  } catch (error) {
    // Every failure is an outcome: which one decides whether the message may go again.
    const reason = describe(error);
    return neverConnected(error) ? { kind: 'not_sent', reason } : { kind: 'ambiguous', reason };
  }
}

function bodyOf(request: SendRequest, ttl: number | undefined): Record<string, unknown> {
  const { body, from, mediaUrls, statusCallbackUrl, to } = request;
  const [media] = mediaUrls;
  return {
    to: vonageNumber(to),
    from: vonageNumber(numberOf(from)),
    client_ref: clientRefOf(request),
    ...(statusCallbackUrl === null ? {} : { webhook_url: statusCallbackUrl, webhook_version: 'v1' }),
    ...(ttl === undefined ? {} : { ttl }),
    ...(media === undefined ? { channel: 'sms', message_type: 'text', text: body } : mediaOf(media, body)),
  };
}

/** Kinds of files by the end of their address; what has none of these is sent as a picture. */
const kinds: ReadonlyMap<string, string> = new Map(
  Object.entries({
    mp3: 'audio',
    wav: 'audio',
    mp4: 'video',
    mov: 'video',
    pdf: 'file',
    vcf: 'vcard',
  }),
);

function mediaOf(url: string, caption: string): Record<string, unknown> {
  const end = /\.([a-z0-9]+)$/i.exec(URL.parse(url)?.pathname ?? '')?.[1]?.toLowerCase() ?? '';
  const kind = kinds.get(end) ?? 'image';
  return { channel: 'mms', message_type: kind, [kind]: { url, ...(caption === '' ? {} : { caption }) } };
}

const acceptedSchema = z.object({ message_uuid: z.string().min(1) });
/** RFC 7807: the code is the end of `type`. */
const problemSchema = z.object({
  type: z.string().optional(),
  title: z.string().optional(),
  detail: z.string().optional(),
});

function outcomeOf(response: Response, text: string, classify: (code: string) => ErrorRule): SendOutcome {
  const { status } = response;
  if (status === 429)
    return { kind: 'throttled', retryAfterMs: retryAfterMs(response.headers.get('retry-after')) };
  const answer = parsed(text);
  if (status >= 200 && status < 300) {
    const accepted = acceptedSchema.safeParse(answer);
    return accepted.success
      ? { kind: 'accepted', carrierMessageId: accepted.data.message_uuid, status: 'accepted', segments: null }
      : { kind: 'ambiguous', reason: 'the answer names no message' };
  }
  // 408: a proxy on the way gave up waiting, which says nothing about the carrier.
  if (status < 400 || status >= 500 || status === 408) {
    return { kind: 'ambiguous', reason: `answered with HTTP ${status}` };
  }
  const problem = problemSchema.safeParse(answer);
  const code = (problem.success ? codeOf(problem.data) : null) ?? `http_${status}`;
  const message = problem.success ? (problem.data.detail ?? problem.data.title) : undefined;
  return refusedAs(code, message ?? `answered with HTTP ${status}`, classify);
}

/** The end of `.../messages#1120`, or a title that is a code. */
export function codeOf({
  title,
  type,
}: {
  type?: string | undefined;
  title?: string | undefined;
}): string | null {
  const end = /#([a-zA-Z0-9-]+)$/.exec(type ?? '')?.[1];
  if (end !== undefined) return end;
  return title !== undefined && /^\d+$/.test(title) ? title : null;
}

const refusedAs = (
  errorCode: string,
  message: string,
  classify: (code: string) => ErrorRule,
): SendOutcome => ({
  kind: 'refused',
  errorCode,
  class: classify(errorCode).class,
  message,
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON: a proxy's page, or nothing.
    return undefined;
  }
}

/** Seconds (RFC 9110 section 10.2.3); its other form, a date, is not used by Vonage. */
function retryAfterMs(header: string | null): number | null {
  const seconds = header === null ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.round(seconds * 1_000) : null;
}
