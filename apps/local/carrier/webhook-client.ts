import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import type { Clock } from '#shared/clock.ts';
import { messageOf } from '#shared/errors.ts';
import { type Connection, connectionOf, type FailureKind } from './connection-overrides.ts';

/** Makes webhook requests the way Twilio does: form-encoded, signed, retried as the address says. */
export interface WebhookClient {
  /**
   * Posts until an attempt succeeds (2xx), the address allows no further retry, or its total time is over. Never
   * rejects. `onRetry` is called before every further attempt.
   */
  deliver(
    address: string,
    parameters: Record<string, string>,
    token: string,
    onRetry: () => void,
  ): Promise<Delivery>;
  /** The same with a content that is made, and signed, already. */
  deliverContent(address: string, content: Content, onRetry: () => void): Promise<Delivery>;
  /** Ends everything under way as `aborted`. */
  abortAll(): void;
  close(): void;
}

/** What is posted, and with which headers. */
export interface Content {
  body: string;
  headers: Record<string, string>;
}

export type Delivery =
  | { kind: 'accepted'; contentType: string; body: string }
  | { kind: 'failed'; reason: string }
  | { kind: 'aborted' };

type Attempt =
  | { kind: 'answered'; status: number; contentType: string; body: string }
  | { kind: 'unanswered'; failure: 'ct' | 'rt'; reason: string };

/** Twilio reads no more of an answer than this. */
const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_SOCKETS = 256;

export function createWebhookClient(options: {
  authToken: string;
  clock: Pick<Clock, 'monotonic' | 'sleep'>;
  /** Pause before a retry. */
  retryPauseMs: number;
}): WebhookClient {
  const { authToken, clock } = options;
  const agentOptions = { keepAlive: true, maxSockets: MAX_SOCKETS, maxFreeSockets: MAX_SOCKETS };
  const agents = { http: new HttpAgent(agentOptions), https: new HttpsAgent(agentOptions) };
  const inFlight = new Set<ClientRequest>();
  let generation = 0;

  const attempt = (connection: Connection, form: string, headers: Record<string, string>, deadline: number) =>
    new Promise<Attempt>((resolve) => {
      const url = new URL(connection.url);
      const secure = url.protocol === 'https:';
      let connected = false;
      const answerIn = Math.max(1, Math.min(connection.readTimeoutMs, deadline - clock.monotonic()));
      const request = (secure ? httpsRequest : httpRequest)(url, {
        method: 'POST',
        agent: secure ? agents.https : agents.http,
        headers: { ...headers, 'content-length': Buffer.byteLength(form) },
      });
      inFlight.add(request);
      const done = (result: Attempt): void => {
        inFlight.delete(request);
        resolve(result);
      };
      const unanswered = (reason: string): void =>
        done({ kind: 'unanswered', failure: connected ? 'rt' : 'ct', reason });
      request.on('socket', (socket) => {
        if (!socket.connecting) {
          connected = true;
          request.setTimeout(answerIn);
          return;
        }
        const connecting = setTimeout(
          () => request.destroy(new Error('no connection in time')),
          connection.connectTimeoutMs,
        );
        request.once('close', () => clearTimeout(connecting));
        socket.once(secure ? 'secureConnect' : 'connect', () => {
          clearTimeout(connecting);
          connected = true;
          request.setTimeout(answerIn);
        });
      });
      request.on('timeout', () => request.destroy(new Error('no answer in time')));
      request.on('error', (error: NodeJS.ErrnoException) => {
        // The receiver closed a kept connection just as it was taken up again: nothing was read, so this is no attempt.
        if (request.reusedSocket && error.code === 'ECONNRESET' && inFlight.delete(request)) {
          attempt(connection, form, headers, deadline).then(resolve);
        } else unanswered(messageOf(error));
      });
      request.on('response', (response) => readAnswer(response, done, unanswered));
      request.end(form);
    });

  const deliver = async (
    connection: Connection,
    { body: form, headers }: Content,
    onRetry: () => void,
  ): Promise<Delivery> => {
    const mine = generation;
    const deadline = clock.monotonic() + connection.totalTimeoutMs;
    for (let retries = connection.retries; ; retries -= 1) {
      const result = await attempt(connection, form, headers, deadline);
      if (mine !== generation) return { kind: 'aborted' };
      if (result.kind === 'answered' && result.status >= 200 && result.status < 300) {
        return { kind: 'accepted', contentType: result.contentType, body: result.body };
      }
      const failure = failureOf(result);
      const timeLeft = deadline - clock.monotonic() > options.retryPauseMs;
      if (retries <= 0 || !timeLeft || failure === null || !connection.retryOn.has(failure)) {
        return {
          kind: 'failed',
          reason: result.kind === 'answered' ? `answered ${result.status}` : result.reason,
        };
      }
      await clock.sleep(options.retryPauseMs);
      if (mine !== generation) return { kind: 'aborted' };
      onRetry();
    }
  };

  return {
    deliver: (address, parameters, token, onRetry) => {
      const connection = connectionOf(address);
      const content = {
        body: new URLSearchParams(parameters).toString(),
        headers: {
          'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
          accept: '*/*',
          'user-agent': 'TwilioProxy/1.1',
          'x-twilio-signature': getExpectedTwilioSignature(authToken, connection.url, parameters),
          'i-twilio-idempotency-token': token,
        },
      };
      return deliver(connection, content, onRetry);
    },
    deliverContent: (address, content, onRetry) => deliver(connectionOf(address), content, onRetry),
    abortAll: () => {
      generation += 1;
      for (const request of inFlight) request.destroy();
    },
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** Null: not a kind that can be retried. */
function failureOf(result: Attempt): FailureKind | null {
  if (result.kind === 'unanswered') return result.failure;
  if (result.status >= 500) return '5xx';
  return result.status >= 400 ? '4xx' : null;
}

function readAnswer(
  response: IncomingMessage,
  done: (result: Attempt) => void,
  unanswered: (reason: string) => void,
): void {
  let body = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    if (body.length < MAX_ANSWER_BYTES) body += chunk;
  });
  response.on('error', (error) => unanswered(messageOf(error)));
  response.on('end', () =>
    done({
      kind: 'answered',
      status: response.statusCode ?? 0,
      contentType: response.headers['content-type'] ?? '',
      body,
    }),
  );
}
