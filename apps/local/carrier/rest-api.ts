import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '#shared/clock.ts';
import type { Faults } from '#shared/simulator/faults.ts';
import { type CallsApi, callsRouteOf } from './calls/calls-api.ts';
import { parseCreateForm } from './create-message.ts';
import { errorBody, isRequestCode, refusalOf } from './error-codes.ts';
import { draw } from './faults.ts';
import { readBody, sendJson } from './http-exchange.ts';
import { matches, parseListQuery } from './list-messages.ts';
import { delayAt } from './message.ts';
import type { MessageStore } from './message-store.ts';
import { API_VERSION, messagesPath, restMessage } from './message-view.ts';
import { pageOf, restPage } from './pages.ts';
import type { Statistics } from './statistics.ts';
import { codeOf, type Switchboard } from './switchboard.ts';
import type { TemplateStore } from './templates.ts';

/** Twilio's REST API for messages and calls. https://www.twilio.com/docs/messaging/api/message-resource */
export interface RestApi {
  readonly inFlight: number;
  handle(request: IncomingMessage, response: ServerResponse, path: string, search: string): Promise<void>;
  /** Cuts off the requests that a fault left without an answer. */
  endHung(): void;
}

export interface RestApiParts {
  accountSid: string;
  authToken: string;
  clock: Clock;
  store: MessageStore;
  statistics: Statistics;
  switchboard: Switchboard;
  calls: CallsApi;
  templates: Pick<TemplateStore, 'get'>;
  faults: () => Faults;
}

export const REST_PREFIX = `/${API_VERSION}/`;
const ROUTE = /^\/2010-04-01\/Accounts\/([^/]+)\/Messages(?:\/((?:SM|MM)[0-9a-fA-F]{32}))?\.json$/;

export type Answer =
  | { status: number; json: string; afterAcceptance?: number }
  | { code: number; detail?: string };

export function createRestApi(parts: RestApiParts): RestApi {
  const { accountSid, clock, store, statistics } = parts;
  const credentials = `Basic ${Buffer.from(`${accountSid}:${parts.authToken}`).toString('base64')}`;
  const hung = new Set<ServerResponse>();
  let inFlight = 0;

  const create = (form: string): Answer => {
    const parsed = parseCreateForm(form, clock.now().getTime());
    if (!parsed.ok) return parsed;
    const { request } = parsed;
    const ours = request.from ?? '';
    const code = codeOf(parts.faults(), { ours, phone: request.to });
    if (code !== undefined && isRequestCode(code)) return { code };
    if (request.from !== null && store.isOptedOut(request.from, request.to)) return { code: 21610 };
    if (request.content !== undefined && parts.templates.get(request.content.contentSid) === undefined)
      return { code: 21655, detail: request.content.contentSid };
    const message = parts.switchboard.accept(request, 'outbound-api');
    return {
      status: 201,
      json: JSON.stringify(restMessage(accountSid, message)),
      afterAcceptance: message.ordinal,
    };
  };
  const list = (search: string): Answer => {
    const parsed = parseListQuery(search);
    if (!parsed.ok) return { code: 20001, detail: parsed.detail };
    const { query } = parsed;
    const cursor = query.cursor === null ? null : store.get(query.cursor.sid);
    if (cursor === undefined) return { code: 20001, detail: 'PageToken is not valid any more' };
    const page = pageOf(
      store.newestFirst(query.to ?? query.from),
      query,
      (message) => matches(query, message),
      cursor?.ordinal ?? null,
    );
    const messages = page.items.map((message) => restMessage(accountSid, message));
    return {
      status: 200,
      json: JSON.stringify({ ...restPage(messagesPath(accountSid), query, search, page), messages }),
    };
  };
  const update = (sid: string, form: string): Answer => {
    const message = store.get(sid);
    if (!message) return { code: 20404 };
    const fields = new URLSearchParams(form);
    if (fields.get('Status') === 'canceled') {
      if (!parts.switchboard.cancel(message)) return { code: 30409 };
    } else if (fields.get('Body') === '') {
      message.body = '';
      store.changed(message);
    } else return { code: 20001, detail: 'only Status=canceled or an empty Body can be set' };
    return { status: 200, json: JSON.stringify(restMessage(accountSid, message)) };
  };
  const routeCall = (
    method: string,
    { account, sid }: { account: string; sid: string | undefined },
    search: string,
    form: string,
  ): Answer => (account === accountSid ? parts.calls.route(method, sid, search, form) : { code: 20404 });
  const route = (
    method: string,
    account: string | undefined,
    sid: string | undefined,
    search: string,
    form: string,
  ): Answer => {
    if (account !== accountSid) return { code: 20404 };
    if (sid === undefined) {
      if (method === 'POST') return create(form);
      return method === 'GET' ? list(search) : { code: 20004 };
    }
    if (method === 'POST') return update(sid, form);
    if (method !== 'GET') return { code: 20004 };
    const message = store.get(sid);
    return message
      ? { status: 200, json: JSON.stringify(restMessage(accountSid, message)) }
      : { code: 20404 };
  };
  const send = (response: ServerResponse, answer: Answer): void => {
    const headers = {
      'twilio-concurrent-requests': String(inFlight),
      'twilio-request-id': `RQ${clock.newId()}`,
    };
    if ('code' in answer) {
      statistics.refuse(answer.code);
      const { httpStatus } = refusalOf(answer.code);
      const { retryAfterSeconds } = parts.faults();
      const wait: Record<string, string> =
        httpStatus === 429 && retryAfterSeconds > 0 ? { 'retry-after': String(retryAfterSeconds) } : {};
      sendJson(response, httpStatus, errorBody(answer.code, answer.detail), { ...headers, ...wait });
    } else sendJson(response, answer.status, answer.json, headers);
  };

  const answer = async (
    request: IncomingMessage,
    path: string,
    search: string,
    ordinal: number,
  ): Promise<Answer | 'none'> => {
    const form = await readBody(request);
    if (request.headers.authorization !== credentials) return { code: 20003 };
    const faults = parts.faults();
    const hits = (channel: Parameters<typeof draw>[1], rate: number): boolean =>
      rate > 0 && draw(faults.seed, channel, ordinal) < rate;
    const latency = delayAt(faults.latencyMs, draw(faults.seed, 'latency', ordinal));
    if (latency > 0) await clock.sleep(latency);
    if (hits('refuse429', faults.rate429)) return { code: 20429 };
    if (hits('fail5xxBefore', faults.rate5xxBefore)) {
      statistics.count.broken.before += 1;
      return { code: 20500 };
    }
    const call = callsRouteOf(path);
    const [, account, sid] = ROUTE.exec(path) ?? [];
    if (account === undefined && call === null) return { code: 20404 };
    if (form === null) return { code: 20001, detail: 'the body is too long' };
    const method = request.method ?? 'GET';
    const result =
      call === null ? route(method, account, sid, search, form) : routeCall(method, call, search, form);
    // What is answered as accepted must survive the end of the process.
    if (request.method === 'POST') await store.saved();
    if ('afterAcceptance' in result) {
      if (hits('hang', faults.hangRate)) {
        statistics.count.broken.unanswered += 1;
        return 'none';
      }
      if (hits('fail5xxAfter', faults.rate5xxAfter)) {
        statistics.count.broken.after += 1;
        return { code: 20500 };
      }
    }
    return result;
  };

  return {
    get inFlight() {
      return inFlight;
    },
    handle: async (request, response, path, search) => {
      statistics.count.requests += 1;
      inFlight += 1;
      const result = await answer(request, path, search, statistics.count.requests);
      if (result === 'none') {
        hung.add(response);
        response.on('close', () => hung.delete(response));
      } else send(response, result);
      inFlight -= 1;
    },
    endHung: () => {
      for (const response of hung) response.destroy();
    },
  };
}
