import type { Carrier, InboundListing, InboundMedia, UnreachableInbound } from '#shared/carriers/carrier.ts';
import { CarillonError, messageOf } from '#shared/errors.ts';
import { isDataFault } from '#shared/postgres/pool.ts';
import { asideReasons, keepAside } from './keep-aside.ts';
import { type ReceivingDeps, receiveInbound } from './receive-inbound.ts';

type ListedMessage = Extract<InboundListing, { kind: 'message' }>;

/**
 * Takes in one message that a sweep found missing, as a webhook would have. What can never succeed is kept aside, and
 * a message whose media the carrier does not list goes without them: one message must not keep everybody else's, and
 * with them all sending, waiting. Rejects when the database or the stream is away, and for what nobody foresaw: a
 * mistake of ours must not set every STOP aside.
 */
export async function takeIn(carrier: Carrier, listing: InboundListing, deps: ReceivingDeps): Promise<void> {
  if (listing.kind !== 'message') {
    await setAside(carrier, listing.unreachable, asideReasons[listing.kind], deps);
    return;
  }
  const { message } = listing;
  const { carrierMessageId, from, to, body, receivedAt } = message;
  const unreachable = { carrierMessageId, from, to, body };
  if (receivedAt !== null && Number.isNaN(receivedAt.getTime())) {
    await setAside(carrier, unreachable, asideReasons.no_date, deps);
    return;
  }
  const media = await mediaOf(carrier, listing, deps);
  try {
    await receiveInbound(carrier.name, { ...message, media }, deps);
  } catch (error) {
    if (!neverSucceeds(error)) throw error;
    await setAside(carrier, unreachable, messageOf(error), deps);
  }
}

/** Whether the message itself is at fault: the database refuses its data. */
function neverSucceeds(error: unknown): boolean {
  if (error instanceof CarillonError) return error.code === 'invalid_record';
  const fromDatabase = error instanceof Error && 'code' in error && 'severity' in error;
  return fromDatabase && isDataFault(error);
}

async function setAside(
  carrier: Carrier,
  unreachable: UnreachableInbound,
  reason: string,
  { pool, clock, logger, metrics }: ReceivingDeps,
): Promise<void> {
  const { carrierMessageId } = unreachable;
  await keepAside(pool, carrier.name, unreachable, reason, clock.machineTime());
  metrics.observe('InboundKeptAside', 1, {});
  logger.error({ carrierMessageId, reason }, 'a text on the list of the carrier was kept aside');
}

async function mediaOf(
  carrier: Carrier,
  { message: { carrierMessageId }, mediaCount }: ListedMessage,
  { logger, metrics }: ReceivingDeps,
): Promise<readonly InboundMedia[]> {
  if (mediaCount === 0) return [];
  try {
    return await carrier.inboundMedia(carrierMessageId);
  } catch (error) {
    // Its words may be a STOP, or somebody's answer: those count more than the pictures.
    metrics.observe('InboundWithoutMedia', 1, {});
    logger.error({ carrierMessageId, mediaCount, err: error }, 'a text is taken in without its media');
    return [];
  }
}
