import twilio, { type Twilio } from 'twilio';
import { CarillonError, messageOf } from '#shared/errors.ts';
import { canonicalSenderAddress } from '#shared/phone/sender-address.ts';
import type { InboundListing, InboundMedia, OutboundListing, OutboundQuery } from '../carrier.ts';
import { storableText } from '../readable.ts';
import { endsOf, otherChannel, personsNumber } from './webhook-parameters.ts';
import { wireAddressTo } from './whatsapp.ts';

/**
 * Reading the carrier's list of messages. The list is newest first. Its filter by date knows whole days for sure and
 * leaves out messages that are not sent yet, so dates are judged here.
 */

type MessageList = Twilio['messages'];
type MessagePage = Awaited<ReturnType<MessageList['page']>>;
type MessageInstance = MessagePage['instances'][number];

const PAGE_SIZE = 1_000;
/** Messages to one number: few, mostly. */
const OUTBOUND_PAGE_SIZE = 50;

/** See Carrier.listOutbound. Ends at the first page on which nothing is new enough. */
export async function listOutbound(
  messages: MessageList,
  query: OutboundQuery,
): Promise<readonly OutboundListing[]> {
  const found: OutboundListing[] = [];
  let page: MessagePage | undefined = await asking(() =>
    messages.page({
      to: wireAddressTo(query.to, query.from),
      ...(query.from ? { from: query.from } : {}),
      pageSize: OUTBOUND_PAGE_SIZE,
    }),
  );
  while (page !== undefined) {
    const recent: MessageInstance[] = page.instances.filter(
      (message) => createdAt(message) >= floor(query.since),
    );
    found.push(...recent.filter((message) => message.direction !== 'inbound').map(outboundListing));
    page = recent.length === 0 ? undefined : await nextPage(messages, page);
  }
  return found;
}

/**
 * See Carrier.listInbound. The carrier lists newest first, but who texted STOP and then START must be heard in that
 * order: so the addresses of the pages on which somebody did are collected first, then these are read from the last to the first.
 * Two pages of 1,000 are held at most.
 */
export async function* listInbound(
  messages: MessageList,
  query: { since: Date; until: Date },
): AsyncGenerator<readonly InboundListing[]> {
  const first = await asking(() => messages.page({ dateSentAfter: query.since, pageSize: PAGE_SIZE }));
  // The first page has no lasting address: what arrives meanwhile would push its end out of it. So it is kept.
  const addresses: string[] = [];
  let page = first;
  let last: string | null = null;
  while (page.nextPageUrl && page.instances.some((message) => !isBefore(message, query.since))) {
    const address: string = page.nextPageUrl;
    page = await asking(() => messages.getPage(address));
    // The list has what we sent as well, and no filter leaves that out: most pages of a campaign have nothing else.
    if (inboundOf(page, query).length > 0) addresses.push(address);
    last = address;
  }
  for (const address of addresses.reverse()) {
    const older = address === last ? page : await asking(() => messages.getPage(address));
    yield inboundOf(older, query);
  }
  yield inboundOf(first, query);
}

/** What people sent, of one page, oldest first. */
function inboundOf(page: MessagePage, query: { since: Date; until: Date }): InboundListing[] {
  return page.instances
    .toReversed() // within one second the order of the list is all there is
    .filter((message) => message.direction === 'inbound')
    .filter((message) => !isBefore(message, query.since) && (dateOf(message) ?? query.since) < query.until)
    .sort((a, b) => (dateOf(a)?.getTime() ?? 0) - (dateOf(b)?.getTime() ?? 0))
    .map(inboundListing);
}

/** See Carrier.inboundMedia. */
export async function listMedia(
  messages: MessageList,
  apiUrl: string,
  carrierMessageId: string,
): Promise<readonly InboundMedia[]> {
  const media = await asking(() => messages(carrierMessageId).media.list({ limit: 10 }).catch(noneIfGone));
  return media.map((item) => ({
    url: `${apiUrl}${item.uri.replace(/\.json$/, '')}`,
    contentType: item.contentType,
  }));
}

/** Media that were deleted at the carrier are no reason to ask for ever. */
function noneIfGone(error: unknown): [] {
  if (error instanceof twilio.RestException && error.status === 404) return [];
  throw error;
}

const nextPage = async (messages: MessageList, page: MessagePage): Promise<MessagePage | undefined> => {
  const { nextPageUrl } = page;
  return nextPageUrl ? asking(() => messages.getPage(nextPageUrl)) : undefined;
};

/** Any failure to get a readable list means the same to the caller: the carrier could not be asked. */
async function asking<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    throw new CarillonError('unavailable', `the carrier's list cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** The carrier's dates are whole seconds: compared with anything finer, a message would seem older than it is. */
const floor = (date: Date): Date => new Date(Math.floor(date.getTime() / 1_000) * 1_000);

/** When the carrier made the record of it; null where it does not say so in a form that can be read. */
export function dateOf({ dateCreated }: MessageInstance): Date | null {
  return dateCreated instanceof Date && !Number.isNaN(dateCreated.getTime()) ? dateCreated : null;
}

/** Whether it certainly came before. */
function isBefore(message: MessageInstance, since: Date): boolean {
  const date = dateOf(message);
  return date !== null && date < floor(since);
}

function createdAt(message: MessageInstance): Date {
  const date = dateOf(message);
  if (date === null) {
    throw new CarillonError('unavailable', `the carrier's list has a message without a date: ${message.sid}`);
  }
  return date;
}

const outboundListing = (message: MessageInstance): OutboundListing => ({
  carrierMessageId: message.sid,
  from: canonicalSenderAddress(message.from ?? '') ?? message.from,
  to: personsNumber(message.to ?? '') ?? message.to,
  body: message.body ?? '',
  status: message.status,
  errorCode: message.errorCode ? String(message.errorCode) : null,
  segments: Number(message.numSegments) > 0 ? Number(message.numSegments) : null,
  createdAt: createdAt(message),
});

function inboundListing(message: MessageInstance): InboundListing {
  const body = storableText(message.body ?? '');
  const carrierMessageId = message.sid;
  const unreachable = { carrierMessageId, from: message.from ?? '', to: message.to ?? '', body };
  const other = otherChannel(unreachable.from, unreachable.to);
  if (other !== null) return { ...other, unreachable };
  const ends = endsOf(unreachable);
  if (ends === null) {
    const phoneNumber = personsNumber(unreachable.from);
    return { kind: 'no_phone_number', phoneNumber, optOutType: null, unreachable };
  }
  const receivedAt = dateOf(message);
  if (receivedAt === null) return { kind: 'no_date', unreachable };
  return {
    kind: 'message',
    mediaCount: Number(message.numMedia) || 0,
    message: {
      carrierMessageId,
      ...ends,
      body,
      media: [],
      receivedAt,
      optOutType: null,
    },
  };
}
