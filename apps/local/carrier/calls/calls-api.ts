import type { Faults } from '#shared/simulator/faults.ts';
import { isRequestCode, isTextCode } from '../error-codes.ts';
import { pageOf, restPage } from '../pages.ts';
import type { Answer } from '../rest-api.ts';
import type { Call } from './call.ts';
import type { CallStore } from './call-store.ts';
import { callsPath, restCall } from './call-view.ts';
import { parseCallForm, parseCallUpdate } from './create-call.ts';
import type { Exchange } from './exchange.ts';
import { callMatches, parseCallQuery } from './list-calls.ts';

/** Twilio's REST API for calls. https://www.twilio.com/docs/voice/api/call-resource */
export interface CallsApi {
  /** `sid`: undefined for the list. */
  route(method: string, sid: string | undefined, search: string, form: string): Answer;
}

const CALLS_ROUTE = /^\/2010-04-01\/Accounts\/([^/]+)\/Calls(?:\/(CA[0-9a-fA-F]{32}))?\.json$/;

/** The account and the call of a path; null: it is about no calls. */
export function callsRouteOf(path: string): { account: string; sid: string | undefined } | null {
  const [, account, sid] = CALLS_ROUTE.exec(path) ?? [];
  return account === undefined ? null : { account, sid };
}

export function createCallsApi(parts: {
  accountSid: string;
  store: CallStore;
  exchange: Exchange;
  faults: () => Faults;
}): CallsApi {
  const { accountSid, exchange, store } = parts;
  const shown = (status: number, call: Call): Answer => ({
    status,
    json: JSON.stringify(restCall(accountSid, call)),
  });

  const create = (form: string): Answer => {
    const parsed = parseCallForm(form);
    if (!parsed.ok) return parsed;
    const code = parts.faults().errorCodes[parsed.request.to];
    if (code !== undefined && isRequestCode(code) && !isTextCode(code)) return { code };
    const call = exchange.accept(parsed.request);
    return { status: 201, json: JSON.stringify(restCall(accountSid, call)), afterAcceptance: call.ordinal };
  };
  const list = (search: string): Answer => {
    const parsed = parseCallQuery(search);
    if (!parsed.ok) return { code: 20001, detail: parsed.detail };
    const { query } = parsed;
    const cursor = query.cursor === null ? null : store.get(query.cursor.sid);
    if (cursor === undefined) return { code: 20001, detail: 'PageToken is not valid any more' };
    const page = pageOf(
      store.newestFirst(),
      query,
      (call) => callMatches(query, call),
      cursor?.ordinal ?? null,
    );
    const calls = page.items.map((call) => restCall(accountSid, call));
    return {
      status: 200,
      json: JSON.stringify({ ...restPage(callsPath(accountSid), query, search, page), calls }),
    };
  };
  const update = (call: Call, form: string): Answer => {
    const parsed = parseCallUpdate(form);
    if (!parsed.ok) return parsed;
    const isDone = parsed.end === null ? exchange.redirect(call, parsed) : exchange.end(call, parsed.end);
    return isDone ? shown(200, call) : { code: 21220 };
  };

  return {
    route: (method, sid, search, form) => {
      if (sid === undefined) {
        if (method === 'POST') return create(form);
        return method === 'GET' ? list(search) : { code: 20004 };
      }
      const call = store.get(sid);
      if (!call) return { code: 20404 };
      if (method === 'POST') return update(call, form);
      return method === 'GET' ? shown(200, call) : { code: 20004 };
    },
  };
}
