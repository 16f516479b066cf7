import { createHash, generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import type { ReceivedWebhook } from '../carrier.ts';
import { createVonageCarrier } from './carrier.ts';

/** For tests: an account at Vonage, and webhooks as Vonage makes them. */

export const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const API_KEY = 'abcd1234';
export const SECRET = 'a signature secret of a test';
export const APPLICATION_ID = '78d335fa-323d-0114-9c3d-d6f0d48968cf';
/** 2026-03-04T20:00:00Z */
export const NOW = new Date(1_772_654_400_000);

export const vonageConfig = (
  more: { url?: string; method?: 'sha256' | 'sha512' | 'sha1' | 'md5' | 'md5hash' } = {},
) => ({
  VONAGE_API_KEY: API_KEY,
  VONAGE_APPLICATION_ID: APPLICATION_ID,
  VONAGE_PRIVATE_KEY: privateKey,
  VONAGE_SIGNATURE_SECRET: SECRET,
  VONAGE_SIGNATURE_METHOD: more.method ?? ('sha256' as const),
  VONAGE_API_URL: more.url ?? 'http://127.0.0.1:1',
});

export const vonageCarrier = (more: Parameters<typeof vonageConfig>[0] = {}) =>
  createVonageCarrier(vonageConfig(more), { now: () => NOW });

/** A webhook of the Messages API with a token beside it; `claims` take the place of the right ones. */
export async function signedJson(
  target: string,
  json: unknown,
  claims: Record<string, unknown> = {},
  secret = SECRET,
): Promise<ReceivedWebhook> {
  const body = Buffer.from(JSON.stringify(json));
  const token = await new SignJWT({
    iss: 'Vonage',
    jti: '34fbdaca-da21-4fad-8d5a-f3a3a5a3a3a3',
    iat: NOW.getTime() / 1_000,
    api_key: API_KEY,
    application_id: APPLICATION_ID,
    payload_hash: createHash('sha256').update(body).digest('hex'),
    ...claims,
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(Buffer.from(secret));
  return webhookOf({ target, body, authorization: `Bearer ${token}` });
}

export const webhookOf = (given: {
  method?: 'GET' | 'POST';
  target: string;
  body?: Buffer;
  authorization?: string;
  form?: Record<string, string>;
}): ReceivedWebhook => ({
  method: given.method ?? 'POST',
  target: given.target,
  header: (name) => (name === 'authorization' ? given.authorization : undefined),
  body: given.body ?? Buffer.alloc(0),
  parameters: new Map(Object.entries(given.form ?? {}).map(([name, value]) => [name, [value]])),
});
