import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Message, Notice } from '../message.ts';
import { uuidOf } from './api.ts';

/** Webhooks as Vonage's Messages API makes them: JSON, with a token beside it. */
export interface VonageSigner {
  apiKey: string;
  applicationId: string;
  signatureSecret: string;
}

export interface JsonContent {
  body: string;
  headers: Record<string, string>;
}

const digits = (number: string): string => number.replace(/^\+/, '');

/** A text from a phone. */
export const vonageInbound = (message: Message): object => ({
  channel: message.mediaUrls.length > 0 ? 'mms' : 'sms',
  message_uuid: uuidOf(message.sid),
  to: digits(message.ours),
  from: digits(message.phone),
  timestamp: new Date(message.createdAt).toISOString(),
  message_type: message.mediaUrls.length > 0 ? 'image' : 'text',
  ...(message.mediaUrls[0] === undefined
    ? { text: message.body, sms: { num_messages: String(message.segments) } }
    : { image: { url: message.mediaUrls[0], caption: message.body } }),
  usage: { currency: 'EUR', price: '0.0057' },
});

/** Twilio's words and codes in Vonage's; null: no status is posted. */
const WORDS: Readonly<Partial<Record<Message['status'], string>>> = {
  sent: 'submitted',
  delivered: 'delivered',
  undelivered: 'undeliverable',
  failed: 'rejected',
};
const CODES: Readonly<Record<number, string>> = {
  30003: '1180',
  30004: '1280',
  30005: '1190',
  30006: '1300',
  30007: '1210',
  30036: '1360',
  21610: '1240',
};

export function vonageStatus(message: Message, notice: Notice): object | null {
  const status = WORDS[notice.status];
  if (status === undefined) return null;
  const code = notice.errorCode === null ? null : (CODES[notice.errorCode] ?? '1330');
  return {
    message_uuid: uuidOf(message.sid),
    to: digits(message.phone),
    from: digits(message.ours),
    timestamp: new Date(notice.at).toISOString(),
    status,
    channel: 'sms',
    ...(code === null
      ? {}
      : { error: { type: `https://developer.vonage.com/api-errors/messages#${code}`, title: code } }),
    usage: { currency: 'EUR', price: '0.0333' },
    ...message.reference,
  };
}

/** `now`: the machine's own time. */
export async function signedByVonage(
  content: object,
  token: string,
  signer: VonageSigner,
  now: Date,
): Promise<JsonContent> {
  const body = JSON.stringify(content);
  const jwt = await new SignJWT({
    iss: 'Vonage',
    jti: token,
    iat: Math.floor(now.getTime() / 1_000),
    api_key: signer.apiKey,
    application_id: signer.applicationId,
    payload_hash: createHash('sha256').update(body).digest('hex'),
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(Buffer.from(signer.signatureSecret));
  return { body, headers: { 'content-type': 'application/json', authorization: `Bearer ${jwt}` } };
}
