import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether a claim is the SHA-256 of the bytes of a body, in hexadecimal of either case. In constant time. */
export function isHashOf(claim: unknown, body: Buffer): boolean {
  if (typeof claim !== 'string') return false;
  const given = Buffer.from(claim.toLowerCase());
  const computed = Buffer.from(createHash('sha256').update(body).digest('hex'));
  return given.length === computed.length && timingSafeEqual(given, computed);
}
