import { type KeyObject, X509Certificate } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { messageOf } from '#shared/errors.ts';

/** What became of a request for a certificate. */
export type Certificate =
  | { kind: 'key'; key: KeyObject }
  /** There is none at that address, or none that is valid now. */
  | { kind: 'none' }
  /** It cannot be had now. */
  | { kind: 'unavailable'; reason: string };

const TIMEOUT_MS = 3_000;
const MOST_BYTES = 64 * 1024;
/** A certificate is kept for a day, as AWS uses one for a year; that there is none is remembered for a minute. */
const KEPT_MS = 86_400_000;
const NONE_KEPT_MS = 60_000;
/** AWS has one per region. More would be somebody who makes us ask. */
const MOST_KEPT = 64;
const MOST_AT_ONCE = 4;

/**
 * Public keys of the certificates that SNS signs with, by their address, which the caller has checked. Downloaded once for any number of
 * notifications that come together, and kept.
 */
export class Certificates {
  readonly #kept = new LRUCache<string, Certificate>({ max: MOST_KEPT });
  readonly #coming = new Map<string, Promise<Certificate>>();
  readonly #now: () => Date;

  /** `now`: the machine's own time. */
  constructor(now: () => Date) {
    this.#now = now;
  }

  async of(url: string): Promise<Certificate> {
    const kept = this.#kept.get(url);
    if (kept !== undefined) return kept;
    const coming = this.#coming.get(url);
    if (coming !== undefined) return coming;
    if (this.#coming.size >= MOST_AT_ONCE) {
      return { kind: 'unavailable', reason: 'too many certificates are asked for at once' };
    }
    const download = this.#download(url).finally(() => this.#coming.delete(url));
    this.#coming.set(url, download);
    return download;
  }

  async #download(url: string): Promise<Certificate> {
    try {
      const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (response.status >= 500 || response.status === 429) {
        await response.body?.cancel();
        return { kind: 'unavailable', reason: `answered with HTTP ${response.status}` };
      }
      const pem = response.ok ? await readAtMost(response, MOST_BYTES) : null;
      await response.body?.cancel().catch(() => undefined); // it was read to its end
      const certificate: Certificate = (pem !== null && keyOf(pem, this.#now())) || { kind: 'none' };
      this.#kept.set(url, certificate, { ttl: certificate.kind === 'key' ? KEPT_MS : NONE_KEPT_MS });
      return certificate;
    } catch (error) {
      return { kind: 'unavailable', reason: messageOf(error) };
    }
  }
}

/** The text of a body; null: it is longer than that. */
async function readAtMost(response: Response, bytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > bytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function keyOf(pem: string, now: Date): Certificate | null {
  try {
    const certificate = new X509Certificate(pem);
    const valid = certificate.validFromDate <= now && now <= certificate.validToDate;
    return valid && certificate.publicKey.asymmetricKeyType === 'rsa'
      ? { kind: 'key', key: certificate.publicKey }
      : null;
  } catch {
    // No certificate.
    return null;
  }
}
