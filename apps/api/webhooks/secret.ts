import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/**
 * Secrets of endpoints. They sign, so they cannot be kept as hashes: they are sealed with AES-256-GCM under a key of the
 * environment, bound to their endpoint, so that the database alone is of no use and no row can be given another's.
 */

const ALGORITHM = 'aes-256-gcm';
/** First byte of what is sealed, so that another way can follow. */
const VERSION = 1;
const [IV, TAG] = [12, 16];

/** Written as the receiver's libraries take it (https://github.com/standard-webhooks/standard-webhooks: `whsec_`). */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

export function sealSecret(secret: string, key: Buffer, endpointId: string): Buffer {
  const iv = randomBytes(IV);
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG }).setAAD(Buffer.from(endpointId));
  const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), iv, cipher.getAuthTag(), sealed]);
}

/** Null: sealed under another key, or for another endpoint. */
export function openSecret(sealed: Buffer, key: Buffer, endpointId: string): string | null {
  if (sealed[0] !== VERSION || sealed.length < 1 + IV + TAG) return null;
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(1, 1 + IV), { authTagLength: TAG });
  decipher.setAAD(Buffer.from(endpointId)).setAuthTag(sealed.subarray(1 + IV, 1 + IV + TAG));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(1 + IV + TAG)), decipher.final()]).toString();
  } catch {
    // Node says only that it cannot be authenticated.
    return null;
  }
}

/**
 * The signature of a delivery under each of the secrets, newest first, as one header: a receiver accepts it when any of
 * them is right, so secrets can be rotated without a moment of silence.
 */
export const signatureOf = (
  secrets: readonly string[],
  { body, eventId, timestamp }: { eventId: string; timestamp: number; body: string },
): string =>
  secrets
    .map((secret) => {
      const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
      return `v1,${createHmac('sha256', key).update(`${eventId}.${timestamp}.${body}`).digest('base64')}`;
    })
    .join(' ');
