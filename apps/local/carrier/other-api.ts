import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '#shared/clock.ts';
import type { Faults } from '#shared/simulator/faults.ts';
import { type CreateRequest, recipientOf } from './create-message.ts';
import { readBody, sendJson } from './http-exchange.ts';
import type { Message } from './message.ts';
import type { MessageStore } from './message-store.ts';
import { faultsOf } from './request-faults.ts';
import type { Statistics } from './statistics.ts';
import type { Switchboard } from './switchboard.ts';

/** What every API for sending needs of the simulator. */
export interface ApiParts {
  clock: Clock;
  store: MessageStore;
  statistics: Statistics;
  switchboard: Switchboard;
  faults: () => Faults;
}

export interface Answer {
  status: number;
  json: unknown;
  headers?: Record<string, string>;
}

/** How an API of another carrier than Twilio reads a request and words its answers. */
export interface Dialect {
  /** The answer to whoever may not ask, or null: they may. */
  refuses(request: IncomingMessage): Promise<Answer | null>;
  /** What is to be sent, or the answer that refuses it. `code`: the fault by a code of Twilio's that is set for a number. */
  read(body: string): { send: CreateRequest } | { answer: Answer };
  refusal(code: number): Answer | null;
  accepted(message: Message): Answer;
  throttled(retryAfterSeconds: number): Answer;
  failed: Answer;
}

export interface OtherApi {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Cuts off the requests that a fault left without an answer. */
  endHung(): void;
}

/** An API of one operation: sends a message, with the faults that are set. */
export function createOtherApi(dialect: Dialect, parts: ApiParts): OtherApi {
  const { clock, statistics, store, switchboard } = parts;
  const hung = new Set<ServerResponse>();

  async function answer(request: IncomingMessage, ordinal: number): Promise<Answer | 'none'> {
    const body = await readBody(request);
    const refused = await dialect.refuses(request);
    if (refused !== null) return refused;
    const current = parts.faults();
    const faults = faultsOf(current, ordinal);
    if (faults.latencyMs > 0) await clock.sleep(faults.latencyMs);
    if (faults.throttled) return dialect.throttled(current.retryAfterSeconds);
    if (faults.failsBefore) {
      statistics.count.broken.before += 1;
      return dialect.failed;
    }
    const read = dialect.read(body ?? '');
    if ('answer' in read) return read.answer;
    const code = current.errorCodes[read.send.to];
    const refusal = code === undefined ? null : dialect.refusal(code);
    if (refusal !== null) return refusal;
    const message = switchboard.accept(read.send, 'outbound-api');
    await store.saved();
    if (faults.hangs) {
      statistics.count.broken.unanswered += 1;
      return 'none';
    }
    if (!faults.failsAfter) return dialect.accepted(message);
    statistics.count.broken.after += 1;
    return dialect.failed;
  }

  return {
    handle: async (request, response) => {
      statistics.count.requests += 1;
      const result = await answer(request, statistics.count.requests);
      if (result === 'none') {
        hung.add(response);
        response.on('close', () => hung.delete(response));
      } else sendJson(response, result.status, JSON.stringify(result.json), result.headers);
    },
    endHung: () => {
      for (const response of hung) response.destroy();
    },
  };
}

/** A message of another carrier, as the switchboard takes it. Null: it cannot be sent there. */
export function otherRequest(given: {
  carrier: Message['carrier'];
  to: string;
  from: string;
  body: string;
  mediaUrls?: string[];
  statusCallback: string | null;
  reference: Record<string, string>;
  validForSeconds: number;
}): CreateRequest | null {
  const to = recipientOf(given.to);
  if (to === null) return null;
  return {
    to,
    from: given.from,
    body: given.body,
    mediaUrls: given.mediaUrls ?? [],
    messagingServiceSid: null,
    statusCallback: given.statusCallback,
    validForSeconds: given.validForSeconds,
    sendAt: null,
    carrier: given.carrier,
    reference: given.reference,
  };
}
