/**
 * How a webhook request is made: Twilio reads it from the fragment of the webhook's address, which is neither sent
 * nor signed. https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */

/** What may be retried: no connection, no answer in time, an answer of 4xx or 5xx. */
export type FailureKind = 'ct' | 'rt' | '4xx' | '5xx';

export interface Connection {
  /** The address without its fragment: this is what is requested and signed. */
  url: string;
  connectTimeoutMs: number;
  /** Longest silence of the receiver. */
  readTimeoutMs: number;
  /** For all attempts together. */
  totalTimeoutMs: number;
  retries: number;
  retryOn: ReadonlySet<FailureKind>;
}

const FAILURE_KINDS: readonly FailureKind[] = ['ct', 'rt', '4xx', '5xx'];
const isFailureKind = (text: string): text is FailureKind => FAILURE_KINDS.some((kind) => kind === text);

/** Values out of Twilio's range are taken to the nearest end; keys and policies it does not know are ignored. */
export function connectionOf(address: string): Connection {
  const hash = address.indexOf('#');
  const overrides = new URLSearchParams(hash === -1 ? '' : address.slice(hash + 1));
  const bounded = (key: string, min: number, max: number, fallback: number): number => {
    const raw = overrides.get(key);
    if (raw === null || !/^\d+$/.test(raw)) return fallback;
    return Math.min(max, Math.max(min, Number(raw)));
  };
  return {
    url: hash === -1 ? address : address.slice(0, hash),
    connectTimeoutMs: bounded('ct', 100, 10_000, 5_000),
    readTimeoutMs: bounded('rt', 100, 15_000, 15_000),
    totalTimeoutMs: bounded('tt', 100, 15_000, 15_000),
    retries: bounded('rc', 0, 5, 1),
    retryOn: policyOf(overrides.get('rp')),
  };
}

function policyOf(raw: string | null): ReadonlySet<FailureKind> {
  if (raw === null) return new Set<FailureKind>(['ct']);
  const kinds = raw.split(',').map((part) => part.trim());
  return new Set(kinds.includes('all') ? FAILURE_KINDS : kinds.filter(isFailureKind));
}
