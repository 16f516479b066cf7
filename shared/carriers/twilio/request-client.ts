import { AsyncLocalStorage } from 'node:async_hooks';
import { Agent } from 'node:http';
import twilio from 'twilio';
import type RequestClient from 'twilio/lib/base/RequestClient.js';

/** Where the official client sends everything; the configured base address takes its place. */
const OFFICIAL_ORIGIN = 'https://api.twilio.com';

/** What one call of the client is told, and what is known of its answer. */
export interface Exchange {
  readonly signal: AbortSignal;
  /** Null until a whole answer was read. */
  answer: { status: number; retryAfterMs: number | null } | null;
}

/** The official client, and what it makes its requests with. */
export interface Connection {
  client: twilio.Twilio;
  http: TwilioRequestClient;
}

/**
 * The official client's own HTTP client with three additions, all at its documented points of extension: another
 * base address, an abort signal per call, and the status of answers that the client turns into errors.
 */
export class TwilioRequestClient extends twilio.RequestClient {
  readonly #baseUrl: string;
  readonly #exchanges = new AsyncLocalStorage<Exchange>();

  /** `sockets`: most connections at once; a call beyond them would wait, with its time-out running. */
  constructor(options: { baseUrl: string; timeoutMs: number; sockets: number }) {
    super({
      timeout: options.timeoutMs,
      keepAlive: true,
      maxSockets: options.sockets,
      maxTotalSockets: options.sockets,
      maxFreeSockets: options.sockets,
      autoRetry: false,
    });
    this.#baseUrl = options.baseUrl.replace(/\/$/, '');
    this.axios.defaults.httpAgent = new Agent({
      keepAlive: true,
      timeout: options.timeoutMs,
      maxSockets: options.sockets,
    });
    this.axios.interceptors.request.use((config) => {
      const exchange = this.#exchanges.getStore();
      if (exchange) config.signal = exchange.signal;
      return config;
    });
  }

  /** Runs a call of the client within an exchange: its requests are aborted by the signal, its answer noted. */
  within<T>(exchange: Exchange, call: () => Promise<T>): Promise<T> {
    return this.#exchanges.run(exchange, call);
  }

  override async request<TData>(options: RequestClient.RequestOptions<TData>) {
    const uri = options.uri.startsWith(`${OFFICIAL_ORIGIN}/`)
      ? this.#baseUrl + options.uri.slice(OFFICIAL_ORIGIN.length)
      : options.uri;
    const response = await super.request<TData>({ ...options, uri });
    const exchange = this.#exchanges.getStore();
    if (exchange) {
      exchange.answer = {
        status: response.statusCode,
        retryAfterMs: retryAfterMs(response.headers),
      };
    }
    return response;
  }
}

/** The carrier's advice in seconds (RFC 9110 section 10.2.3); its other form, a date, is not used by Twilio. */
function retryAfterMs(headers: unknown): number | null {
  if (typeof headers !== 'object' || headers === null || !('retry-after' in headers)) return null;
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.round(seconds * 1_000) : null;
}
