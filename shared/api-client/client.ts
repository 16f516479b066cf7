import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './api-types.ts';

/**
 * A client of the HTTP API, for browsers and for Node: its paths, parameters, bodies and answers have the types of the
 * OpenAPI document. Answers come as `{ data, error, response }`: a problem document is the value `error`, never thrown;
 * what is thrown is that there was no answer (TypeError of fetch, or the signal's reason).
 */
export type ApiClient = Client<paths, `${string}/${string}`>;

export interface ApiClientOptions {
  /** Where the service is, without `/v1`. */
  baseUrl: string;
  /** An API key. Without one, the browser's own way of signing in is used. */
  key?: string;
  /** Sends requests. Default: the runtime's. */
  fetch?: (request: Request) => Promise<Response>;
}

export function createApiClient({ baseUrl, key, fetch }: ApiClientOptions): ApiClient {
  return createClient<paths, `${string}/${string}`>({
    baseUrl,
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    ...(fetch ? { fetch } : {}),
  });
}

/** A header parameter that makes a repetition harmless: made once per thing that is asked for, sent with every try. */
export const newIdempotencyKey = (): string => crypto.randomUUID();
