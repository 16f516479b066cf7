import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { storable } from '#shared/contracts/storable-text.ts';
import { messageOf } from '#shared/errors.ts';
import {
  type AddressRule,
  allowedLookup,
  ForbiddenAddress,
  type Resolve,
  resolveName,
  urlFault,
} from './public-address.ts';

/** Longest time for a delivery, from the look for its address to the beginning of the answer's body, in ms. */
export const TIMEOUT_MS = 15_000;
/** How much of an answer is kept, in bytes. */
export const KEPT_BYTES = 1_024;

/** What became of one request. Without a status: there was no answer, for the reason in `error`. */
export interface PostOutcome {
  status: number | null;
  /** The beginning of the answer. */
  body: string | null;
  error: string | null;
  /** When to come back, in ms, where the receiver said so. */
  retryAfterMs: number | null;
}

export interface PostRule {
  addresses: AddressRule;
  /** Left out: the name servers of this machine. */
  resolve?: Resolve;
  timeoutMs?: number;
  /** Breaks the request off. */
  signal?: AbortSignal;
}

/**
 * Posts to where the rule allows, without following redirects. Never rejects. A connection of its own each time: to whom
 * it leads is decided when it is made.
 */
export function post(
  url: string,
  { body, headers }: { body: string; headers: Readonly<Record<string, string>> },
  { addresses, resolve = resolveName, signal, timeoutMs = TIMEOUT_MS }: PostRule,
): Promise<PostOutcome> {
  const fault = urlFault(url, addresses);
  if (fault !== null) return Promise.resolve(failed(`The address ${fault}.`));
  const target = new URL(url);
  const tooLate = AbortSignal.timeout(timeoutMs);
  const options: RequestOptions = {
    method: 'POST',
    agent: false,
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    signal: signal === undefined ? tooLate : AbortSignal.any([tooLate, signal]),
    // Not called for an address, which the text of the URL has been checked for.
    lookup: allowedLookup(addresses, resolve),
  };
  return new Promise((done) => {
    /** What it has answered it has answered, also where the rest does not come. */
    let status: number | null = null;
    const broke = (error: unknown): void => done({ ...failed(reasonOf(error)), status });
    const answered = (response: IncomingMessage): void => {
      status = response.statusCode ?? null;
      readBeginning(response).then((text) => {
        const retryAfterMs = retryAfterOf(response.headers['retry-after']);
        done({ status, body: text, error: null, retryAfterMs });
      }, broke);
    };
    const request =
      target.protocol === 'https:'
        ? httpsRequest(target, options, answered)
        : httpRequest(target, options, answered);
    request.on('error', broke);
    // Of an answer that wants another protocol there is no error.
    request.on('upgrade', (_response, socket) => {
      socket.destroy();
      done(failed('It wants to speak another protocol.'));
    });
    request.end(body);
  });
}

const failed = (error: string): PostOutcome => ({ status: null, body: null, error, retryAfterMs: null });

async function readBeginning(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    pieces.push(piece);
    bytes += piece.length;
    // Leaving ends the connection: nobody makes us read a file.
    if (bytes >= KEPT_BYTES) break;
  }
  // A character that is cut in two becomes a sign for one.
  return storable(Buffer.concat(pieces).subarray(0, KEPT_BYTES).toString());
}

const LONGEST_REASON = 500;

function reasonOf(error: unknown): string {
  // Of several addresses that were tried, the first says it.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (first instanceof ForbiddenAddress) return first.message;
  if (first instanceof Error && (first.name === 'TimeoutError' || first.name === 'AbortError')) {
    return 'There was no answer in time.';
  }
  // It may quote what the receiver sent, such as names in its certificate.
  return storable(messageOf(first).slice(0, LONGEST_REASON));
}

const MAX_RETRY_AFTER_SECONDS = 86_400;

/** Seconds alone: a date is told by clocks that may differ. */
function retryAfterOf(header: string | undefined): number | null {
  if (header === undefined || !/^\d{1,9}$/.test(header)) return null;
  return Math.min(Number(header), MAX_RETRY_AFTER_SECONDS) * 1_000;
}
