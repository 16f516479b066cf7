import twilio from 'twilio';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { type CarrierSimulatorOptions, startCarrierSimulator } from './simulator.ts';

/** For tests: a simulator that is quick, and Twilio's own client pointed at it. */
export const accountSid = `AC${'0123456789abcdef'.repeat(2)}`;
export const authToken = 'auth-token-of-the-tests';
export const mainNumber = phoneNumber('+14155550100');
export const phone = phoneNumber('+14155550101');

export const startTestSimulator = (options: Partial<CarrierSimulatorOptions> = {}) =>
  startCarrierSimulator({
    port: 0,
    dataDir: null,
    accountSid,
    authToken,
    mainNumber,
    sentAfterMs: { min: 1, max: 5 },
    deliveredAfterMs: { min: 1, max: 5 },
    retryPauseMs: 1,
    ...options,
  });

/**
 * Twilio's client knows only Twilio's hosts; everything else about a request is left to it. `httpClient` is its own
 * extension point.
 */
export class RedirectingClient extends twilio.RequestClient {
  readonly #base: string;

  constructor(base: string) {
    super();
    this.#base = base;
  }

  override request: twilio.RequestClient['request'] = (options) => {
    const { pathname, search } = new URL(options.uri);
    return super.request({ ...options, uri: `${this.#base}${pathname}${search}` });
  };
}

export const twilioClient = (base: string, token = authToken) =>
  twilio(accountSid, token, { httpClient: new RedirectingClient(base) });

export const messagesUrl = (base: string): string =>
  `${base}/2010-04-01/Accounts/${accountSid}/Messages.json`;

/** Header of the account. */
export const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;

/** A request as it is on the wire, for what Twilio's client would not send. */
export async function rawRequest(
  url: string,
  form?: Record<string, string> | [string, string][],
  headers: Record<string, string> = { authorization },
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const response = await fetch(url, {
    headers,
    ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
  });
  const body: unknown = await response.json();
  const { status, headers: answered } = response;
  return { status, headers: answered, body: typeof body === 'object' && body !== null ? { ...body } : {} };
}
