import twilio from 'twilio';
import type { Config } from '#shared/config.ts';
import { isHashOf } from '../body-hash.ts';
import type { Carrier, ReceivedWebhook, SendOutcome, SendRequest } from '../carrier.ts';
import { errorTable } from '../errors.ts';
import type { publicUrlSettings, twilioSettings } from '../settings.ts';
import { validityOf } from '../validity.ts';
import { pathOf, webhookPaths } from '../webhook-addresses.ts';
import { refuseAstray } from '../whatsapp.ts';
import { twilioErrorRules } from './error-table.ts';
import { listInbound, listMedia, listOutbound } from './listing.ts';
import { type Connection, type Exchange, TwilioRequestClient } from './request-client.ts';
import { outcomeOfAnswer, outcomeOfError } from './send-outcome.ts';
import { fetchInboundDate, fetchStatus, listStatuses } from './statuses.ts';
import { parseInbound, parseStatus } from './webhook-parameters.ts';
import { wireAddressTo } from './whatsapp.ts';
import { twilioOwnErrorRules, twilioWhatsAppErrorRules } from './whatsapp-error-table.ts';

/** Longest time one request to send may take, its connection included. The posting deadline counts on it. */
export const SEND_TIMEOUT_MS = 5_000;
export const LIST_TIMEOUT_MS = 15_000;
/** ValidityPeriod, in seconds. https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource */
const VALIDITY = { least: 1, most: 36_000 };

const classifyError = errorTable([...twilioErrorRules, ...twilioWhatsAppErrorRules, ...twilioOwnErrorRules]);

/**
 * Twilio's Programmable Messaging through the official client. `sockets`: most requests in flight at once.
 */
export function createTwilioCarrier(
  config: Config<typeof twilioSettings> & Config<typeof publicUrlSettings>,
  options: { sockets?: number; sendTimeoutMs?: number } = {},
): Carrier {
  const sendTimeoutMs = options.sendTimeoutMs ?? SEND_TIMEOUT_MS;
  const sending = clientFor(config, sendTimeoutMs, options.sockets ?? 256);
  const listing = clientFor(config, LIST_TIMEOUT_MS, 8);

  return {
    name: 'twilio',
    capabilities: { lists: true, fetches: true },
    send: (request) => send(sending, request, sendTimeoutMs),
    listOutbound: (query) => listOutbound(listing.client.messages, query),
    listInbound: (query) => listInbound(listing.client.messages, query),
    fetchStatus: (id, signal) => fetchStatus(listing, id, signal),
    listStatuses: (query) => listStatuses(listing, query),
    inboundDate: (id) => fetchInboundDate(listing, id),
    inboundMedia: (id) => listMedia(listing.client.messages, config.TWILIO_API_URL, id),
    verifyWebhook: async (webhook) => (verifyWebhook(config, webhook) ? 'genuine' : 'forged'),
    subjectOf: ({ target }) => (pathOf(target) === webhookPaths('twilio').status ? 'status' : 'text'),
    parseInbound,
    parseStatus,
    classifyError,
  };
}

export function clientFor(
  config: Config<typeof twilioSettings>,
  timeoutMs: number,
  sockets: number,
): Connection {
  const http = new TwilioRequestClient({ baseUrl: config.TWILIO_API_URL, timeoutMs, sockets });
  const client = twilio(config.TWILIO_ACCOUNT_SID, config.TWILIO_AUTH_TOKEN, { httpClient: http });
  return { client, http };
}

/** See Carrier.send. */
async function send(
  { client, http }: Connection,
  request: SendRequest,
  timeoutMs: number,
): Promise<SendOutcome> {
  if (request.signal.aborted) return { kind: 'not_sent', reason: 'aborted before the request' };
  const validityPeriod = validityOf(request.validForSeconds, VALIDITY);
  if (typeof validityPeriod === 'object') return validityPeriod;
  const astray = refuseAstray(request, classifyError);
  if (astray !== null) return astray;
  const timeout = AbortSignal.timeout(timeoutMs);
  const exchange: Exchange = { signal: AbortSignal.any([request.signal, timeout]), answer: null };
  try {
    const message = await http.within(exchange, () =>
      client.messages.create({
        to: wireAddressTo(request.to, request.from),
        from: request.from,
        ...contentOf(request),
        ...(request.statusCallbackUrl === null ? {} : { statusCallback: request.statusCallbackUrl }),
        ...(validityPeriod === undefined ? {} : { validityPeriod }),
      }),
    );
    return outcomeOfAnswer(message);
  } catch (error) {
    // Every failure is an outcome: which one decides whether the message may go again.
    return outcomeOfError(error, exchange, classifyError);
  }
}

/** With a template nothing else may be said: https://www.twilio.com/docs/api/errors/63016 */
function contentOf({ body, mediaUrls, template }: SendRequest) {
  if (template !== null) {
    const { contentSid, variables } = template;
    const isPlain = Object.keys(variables).length === 0;
    return { contentSid, ...(isPlain ? {} : { contentVariables: JSON.stringify(variables) }) };
  }
  return {
    ...(body === '' ? {} : { body }),
    ...(mediaUrls.length === 0 ? {} : { mediaUrl: [...mediaUrls] }),
  };
}

/**
 * X-Twilio-Signature over the configured public address, the target as requested and all parameters. The address is
 * never taken from the Host header, which whoever sends the request chooses.
 * https://www.twilio.com/docs/usage/security#validating-requests
 */
export function verifyWebhook(
  config: Config<typeof twilioSettings> & Config<typeof publicUrlSettings>,
  webhook: ReceivedWebhook,
): boolean {
  const signature = webhook.header('x-twilio-signature');
  if (signature === undefined || !webhook.target.startsWith('/')) return false;
  const url = config.PUBLIC_URL + webhook.target;
  const hash = new URL(url).searchParams.get('bodySHA256');
  if (hash !== null) {
    // What is no form is signed by its hash in the address. Of the bytes: the library hashes them as it has read them as text.
    return (
      twilio.validateRequest(config.TWILIO_AUTH_TOKEN, signature, url, {}) && isHashOf(hash, webhook.body)
    );
  }
  const parameters = Object.fromEntries(
    [...webhook.parameters].map(([name, values]) => [name, values.length === 1 ? values[0] : [...values]]),
  );
  return twilio.validateRequest(config.TWILIO_AUTH_TOKEN, signature, url, parameters);
}
