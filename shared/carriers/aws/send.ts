import {
  type MessageType,
  PinpointSMSVoiceV2Client,
  PinpointSMSVoiceV2ServiceException,
  SendTextMessageCommand,
} from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { SendOutcome, SendRequest } from '../carrier.ts';
import type { ErrorRule } from '../errors.ts';
import { MOST_MEDIA } from '../media.ts';
import { describe, neverConnected } from '../never-connected.ts';
import { validityOf } from '../validity.ts';
import { refuseWhatsApp } from '../whatsapp.ts';
import { codeOf, MEDIA_NOT_SUPPORTED } from './error-table.ts';

/** `TimeToLive`, in s. https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html */
const TTL = { least: 5, most: 259_200 };
const CONNECT_TIMEOUT_MS = 2_000;

export interface SendParts {
  client: Pick<PinpointSMSVoiceV2Client, 'send'>;
  /** Resolves when there is something to sign requests with; rejects when there is not. */
  credentials: () => Promise<unknown>;
  configurationSet: string;
  messageType: MessageType;
  timeoutMs: number;
  classify: (code: string) => ErrorRule;
}

/** The official client, which repeats nothing: no key would let AWS recognise a repetition. */
export function createClient(options: {
  region: string;
  endpoint: string | null;
  sockets: number;
  timeoutMs: number;
}): PinpointSMSVoiceV2Client {
  const agent = { keepAlive: true, maxSockets: options.sockets };
  return new PinpointSMSVoiceV2Client({
    region: options.region,
    ...(options.endpoint === null ? {} : { endpoint: options.endpoint }),
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: options.timeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    }),
  });
}

/** See Carrier.send. Our own ids go along as the context, which every event of the message has. */
export async function send(parts: SendParts, request: SendRequest): Promise<SendOutcome> {
  if (request.signal.aborted) return { kind: 'not_sent', reason: 'aborted before the request' };
  const unspoken = refuseWhatsApp(request, parts.classify);
  if (unspoken !== null) return unspoken;
  if (request.mediaUrls.length > MOST_MEDIA.aws) {
    const { class: errorClass, meaning } = parts.classify(MEDIA_NOT_SUPPORTED);
    return { kind: 'refused', errorCode: MEDIA_NOT_SUPPORTED, class: errorClass, message: meaning };
  }
  const { attemptId, body, from, messageId, to } = request;
  const timeToLive = validityOf(request.validForSeconds, TTL);
  if (typeof timeToLive === 'object') return timeToLive;
  const command = new SendTextMessageCommand({
    DestinationPhoneNumber: to,
    OriginationIdentity: from,
    MessageBody: body,
    MessageType: parts.messageType,
    ConfigurationSetName: parts.configurationSet,
    Context: { attempt: attemptId, message: messageId },
    ...(timeToLive === undefined ? {} : { TimeToLive: timeToLive }),
  });
  const abortSignal = AbortSignal.any([request.signal, AbortSignal.timeout(parts.timeoutMs)]);
  const missing = await missingCredentials(parts, abortSignal);
  if (missing !== null) return { kind: 'not_sent', reason: missing };
  try {
    const { MessageId } = await parts.client.send(command, { abortSignal });
    return MessageId === undefined || MessageId === ''
      ? { kind: 'ambiguous', reason: 'the answer names no message' }
      : { kind: 'accepted', carrierMessageId: MessageId, status: 'accepted', segments: null };
  } catch (error) {
    // Every failure is an outcome: which one decides whether the message may go again.
    return outcomeOfError(error, parts.classify);
  }
}

/**
 * Why there is nothing to sign the request with; null: there is. Found out before the request, since one that is cut off
 * while its credentials are fetched looks like one that was sent.
 */
async function missingCredentials(
  { credentials }: Pick<SendParts, 'credentials'>,
  signal: AbortSignal,
): Promise<string | null> {
  const cut = Promise.withResolvers<string>();
  const onAbort = (): void => cut.resolve('credentials did not come in time');
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([
      cut.promise,
      credentials().then(
        () => null,
        (error: unknown) => `no credentials: ${describe(error)}`,
      ),
    ]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function outcomeOfError(error: unknown, classify: (code: string) => ErrorRule): SendOutcome {
  const status = statusOf(error);
  if (status === null) {
    const reason = describe(error);
    return neverSent(error) ? { kind: 'not_sent', reason } : { kind: 'ambiguous', reason };
  }
  // 408: a proxy on the way gave up waiting, which says nothing about the carrier.
  if (
    !(error instanceof PinpointSMSVoiceV2ServiceException) ||
    status < 400 ||
    status >= 500 ||
    status === 408
  ) {
    return { kind: 'ambiguous', reason: `answered with HTTP ${status}` };
  }
  const code = codeOf(
    error.name,
    'Reason' in error && typeof error.Reason === 'string' ? error.Reason : undefined,
  );
  const rule = classify(code);
  if (status === 429 || rule.class === 'throttle')
    return { kind: 'throttled', retryAfterMs: retryAfterMs(error) };
  // An answer whose error nobody can read: the status says the little that is known.
  const errorCode = error.name === 'Error' || error.name === '' ? `http_${status}` : code;
  return { kind: 'refused', errorCode, class: classify(errorCode).class, message: error.message };
}

/** The HTTP status of the answer that an error was made of; null: there was none. */
function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('$metadata' in error)) return null;
  const { $metadata } = error;
  if (typeof $metadata !== 'object' || $metadata === null || !('httpStatusCode' in $metadata)) return null;
  return typeof $metadata.httpStatusCode === 'number' ? $metadata.httpStatusCode : null;
}

/** What the handler of the SDK says of a connection that did not come about; it has neither a code nor a call. */
const NO_CONNECTION = /(?:without establishing a connection|did not establish a connection)/;

/** Whether the request certainly never left: no connection, or no credentials to sign it with. */
const neverSent = (error: unknown): boolean =>
  neverConnected(error) ||
  (error instanceof Error &&
    (error.name === 'CredentialsProviderError' ||
      (error.name === 'TimeoutError' && NO_CONNECTION.test(error.message))));

/** What AWS advises, in ms. */
function retryAfterMs(error: PinpointSMSVoiceV2ServiceException): number | null {
  const seconds = Number(error.$response?.headers['retry-after'] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.round(seconds * 1_000) : null;
}
