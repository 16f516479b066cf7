import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { CallView } from '#shared/simulator/call-view.ts';
import { API_VERSION, rfc2822 } from '../message-view.ts';
import { type Call, callFrom, callTo, hasEnded } from './call.ts';

/** How calls are shown: Twilio's form for the REST API, and what was heard for the phones. */

export const callsPath = (accountSid: string): string => `/${API_VERSION}/Accounts/${accountSid}/Calls.json`;
export const callPath = (accountSid: string, sid: string): string =>
  `/${API_VERSION}/Accounts/${accountSid}/Calls/${sid}.json`;

/** What a minute costs that was begun, in USD. */
const PRICE_PER_MINUTE = 0.014;

/** Whole seconds, as Twilio counts them: from the answer to the end. */
export const secondsOf = ({ lengthMs }: Call): number => Math.ceil((lengthMs ?? 0) / 1_000);

const dateOf = (at: number | null): string | null => (at === null ? null : rfc2822(at));

/** A Call resource. What is known only of calls in other countries, trunks and groups is null. */
export function restCall(accountSid: string, call: Call): Record<string, unknown> {
  const ended = hasEnded(call);
  const minutes = Math.ceil(secondsOf(call) / 60);
  return {
    account_sid: accountSid,
    answered_by: call.answeredBy,
    api_version: API_VERSION,
    caller_name: null,
    date_created: rfc2822(call.createdAt),
    date_updated: rfc2822(call.updatedAt),
    direction: call.direction,
    duration: ended ? String(secondsOf(call)) : null,
    end_time: dateOf(call.endedAt),
    forwarded_from: null,
    from: callFrom(call),
    from_formatted: formatted(callFrom(call)),
    group_sid: null,
    parent_call_sid: null,
    phone_number_sid: null,
    price: ended && minutes > 0 ? (-PRICE_PER_MINUTE * minutes).toFixed(5) : null,
    price_unit: 'USD',
    queue_time: String(call.initiatedAt === null ? 0 : Math.max(0, call.initiatedAt - call.createdAt)),
    sid: call.sid,
    start_time: dateOf(call.answeredAt ?? (ended ? call.initiatedAt : null)),
    // `initiated` is a word of callbacks only.
    status: call.status === 'initiated' ? 'queued' : call.status,
    subresource_uris: {},
    to: callTo(call),
    to_formatted: formatted(callTo(call)),
    trunk_sid: null,
    uri: callPath(accountSid, call.sid),
  };
}

const formatted = (number: string): string => parsePhoneNumberFromString(number)?.formatNational() ?? number;

const isoOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

export const callView = (call: Call): CallView => ({
  id: call.sid,
  direction: call.direction === 'inbound' ? 'from_phone' : 'to_phone',
  from: callFrom(call),
  to: callTo(call),
  status: call.status,
  answeredBy: call.answeredBy,
  at: new Date(call.createdAt).toISOString(),
  initiatedAt: isoOf(call.initiatedAt),
  answeredAt: isoOf(call.answeredAt),
  endedAt: isoOf(call.endedAt),
  lengthMs: call.lengthMs,
  beepMs: call.beepMs,
  heard: call.heard.map((each) => ({ ...each })),
  pressed: call.pressed.map((each) => ({ ...each })),
});
