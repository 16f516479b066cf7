import type { Twilio } from 'twilio';
import { CarillonError } from '#shared/errors.ts';
import { storableText } from '../readable.ts';
import type { CallListing, CallPrice, CallQuery, FoundCall } from '../voice.ts';
import { asking, nullIfGone } from './asking.ts';
import type { Connection } from './request-client.ts';
import { answeredByOf } from './voice-parameters.ts';
import { carrierAddress } from './webhook-parameters.ts';

/** Asking the carrier for calls. */

type CallList = Twilio['calls'];
type CallPage = Awaited<ReturnType<CallList['page']>>;
type CallInstance = CallPage['instances'][number];

/** Calls to one number: few. */
const PAGE_SIZE = 50;

/** See VoiceCarrier.listCalls. Newest first, as the carrier lists them; ends at the first page on which nothing is new enough. */
export async function listCalls(
  connection: Connection,
  query: CallQuery,
  signal: AbortSignal,
): Promise<readonly CallListing[]> {
  const found: CallListing[] = [];
  // Dates are judged here: the list can be filtered by the start of a call, which one that is queued does not have yet.
  const since = Math.floor(query.since.getTime() / 1_000) * 1_000;
  let page: CallPage | null = await asking(connection, 'calls', signal, ({ calls }) =>
    calls.page({ to: query.to, ...(query.from ? { from: query.from } : {}), pageSize: PAGE_SIZE }),
  );
  while (page !== null) {
    const recent: CallListing[] = page.instances
      .filter(({ direction }) => direction !== 'inbound')
      .map(listingOf)
      .filter(({ createdAt }) => createdAt.getTime() >= since);
    found.push(...recent);
    const { nextPageUrl }: CallPage = page;
    page =
      recent.length === 0 || !nextPageUrl
        ? null
        : await asking(connection, 'calls', signal, ({ calls }) => calls.getPage(nextPageUrl));
  }
  return found;
}

/** See VoiceCarrier.fetchCall. */
export async function fetchCall(
  connection: Connection,
  carrierMessageId: string,
  signal: AbortSignal,
): Promise<FoundCall | null> {
  return asking(connection, 'calls', signal, async ({ calls }) => {
    const call = await calls(carrierMessageId).fetch().catch(nullIfGone);
    if (call === null) return null;
    if (call.sid !== carrierMessageId) throw new Error('the answer is not about the call');
    return foundCall(call);
  });
}

function listingOf(call: CallInstance): CallListing {
  const { dateCreated } = call;
  if (!(dateCreated instanceof Date) || Number.isNaN(dateCreated.getTime())) {
    throw new CarillonError('unavailable', `the carrier's list has a call without a date: ${call.sid}`);
  }
  return {
    carrierMessageId: call.sid,
    from: call.from,
    to: call.to,
    status: wordOf(call),
    createdAt: dateCreated,
  };
}

const foundCall = (call: CallInstance): FoundCall => ({
  carrierMessageId: call.sid,
  status: wordOf(call),
  answeredBy: answeredByOf(call.answeredBy),
  seconds: secondsOf(call),
  price: priceOf(call),
  phoneNumber: carrierAddress((call.direction === 'inbound' ? call.from : call.to) ?? ''),
});

/** Read from outside: a word may be missing, whatever the client's types say. */
function wordOf(call: CallInstance): string {
  const word: unknown = call.status;
  return typeof word === 'string' && word !== '' ? storableText(word) : 'unknown';
}

/** Empty until the call is over. */
function secondsOf({ duration, endTime }: CallInstance): number | null {
  const seconds = Number(duration);
  return endTime && duration !== '' && duration !== null && Number.isInteger(seconds) && seconds >= 0
    ? seconds
    : null;
}

/** The carrier writes what it charges as a negative number. */
function priceOf({ price, priceUnit }: CallInstance): CallPrice | null {
  const amount = /^-?(\d{1,7}(?:\.\d{1,8})?)$/.exec(price ?? '')?.[1];
  return amount !== undefined && /^[A-Za-z]{3}$/.test(priceUnit ?? '')
    ? { amount, currency: priceUnit.toUpperCase() }
    : null;
}
