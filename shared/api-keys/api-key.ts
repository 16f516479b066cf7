import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/**
 * An API key: `crl_<id>_<secret>`. The id is shown in lists and logs; of the secret only its HMAC under the pepper of the
 * environment is kept, so that neither the database nor a backup of it is of use without the pepper. The prefix lets
 * secret scanners find keys that were published by mistake.
 */
export interface ApiKey {
  id: string;
  secret: string;
}

const KEY = /^crl_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/;
const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A new key: 62 bits of id, 256 bits of secret. */
export function newApiKey(): ApiKey {
  const id = Array.from({ length: 12 }, () => ID_ALPHABET[randomInt(ID_ALPHABET.length)]).join('');
  return { id, secret: randomBytes(32).toString('base64url') };
}

export const textOf = ({ id, secret }: ApiKey): string => `crl_${id}_${secret}`;

/** Null: it does not look like a key of ours. */
export function parseApiKey(text: string): ApiKey | null {
  const [, id, secret] = KEY.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}

/** What is kept of a secret. */
export const hashOf = (secret: string, pepper: string): Buffer =>
  createHmac('sha256', pepper).update(secret).digest();

/** In constant time. */
export const isSecret = (secret: string, pepper: string, hash: Buffer): boolean => {
  const given = hashOf(secret, pepper);
  return given.length === hash.length && timingSafeEqual(given, hash);
};
