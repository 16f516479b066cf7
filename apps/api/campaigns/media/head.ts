import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { MediaHead } from '#shared/campaigns/media.ts';
import { messageOf } from '#shared/errors.ts';
import {
  type AddressRule,
  allowedLookup,
  ForbiddenAddress,
  resolveName,
  urlFault,
} from '../../webhooks/public-address.ts';

/** Longest time for an answer, in ms: somebody waits for it. */
export const HEAD_WITHIN_MS = 4_000;

export type AskedHead = { kind: 'head'; head: MediaHead } | { kind: 'none'; reason: string };

/** Asks for the head of a file. Never rejects. */
export type AskHead = (url: string) => Promise<AskedHead>;

/**
 * Asks servers of the public internet alone, as outgoing webhooks do: whoever writes a campaign cannot have this service
 * speak to what only it can reach. Redirects are not followed, and nothing of the file is read.
 */
export const askHead =
  (addresses: AddressRule): AskHead =>
  (url) => {
    const fault = urlFault(url, addresses);
    if (fault !== null) return Promise.resolve({ kind: 'none', reason: fault });
    const target = new URL(url);
    const options: RequestOptions = {
      method: 'HEAD',
      agent: false,
      signal: AbortSignal.timeout(HEAD_WITHIN_MS),
      lookup: allowedLookup(addresses, resolveName),
    };
    return new Promise((done) => {
      const answered = (response: IncomingMessage): void => {
        response.destroy();
        done({ kind: 'head', head: headOf(response) });
      };
      const request =
        target.protocol === 'https:'
          ? httpsRequest(target, options, answered)
          : httpRequest(target, options, answered);
      request.on('error', (error) => done({ kind: 'none', reason: reasonOf(error) }));
      request.end();
    });
  };

function headOf({ headers, statusCode }: IncomingMessage): MediaHead {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const bytes = headers['content-length'];
  return {
    status: statusCode ?? 0,
    type: type === undefined || type === '' ? null : type,
    bytes: bytes !== undefined && /^\d{1,15}$/.test(bytes) ? Number(bytes) : null,
  };
}

function reasonOf(error: Error): string {
  if (error instanceof ForbiddenAddress) return 'is not in the public internet';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'is not answered in time';
  // It may quote what the server sent.
  return `cannot be fetched: ${messageOf(error).slice(0, 100)}`;
}
