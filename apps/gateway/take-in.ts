import type { Carrier, InboundListing, InboundMedia } from '#shared/carriers/carrier.ts';
import { messageOf } from '#shared/errors.ts';
import { hearElsewhere } from './hear-consent.ts';
import { asideReasons } from './keep-aside.ts';
import { type ReceivingDeps, receiveInbound } from './receive-inbound.ts';
import { neverSucceeds, setAside } from './set-aside.ts';
import { ofNoSender } from './whatsapp.ts';

type ListedMessage = Extract<InboundListing, { kind: 'message' }>;

/**
 * Takes in one message that a sweep found missing, as a webhook would have. What can never succeed is kept aside, and
 * a message whose media the carrier does not list goes without them: one message must not keep everybody else's, and
 * with them all sending, waiting. Rejects when the database or the stream is away, and for what nobody foresaw: a
 * mistake of ours must not set every STOP aside.
 */
export async function takeIn(carrier: Carrier, listed: InboundListing, deps: ReceivingDeps): Promise<void> {
  const elsewhere =
    listed.kind === 'message' ? await ofNoSender(deps.pool, carrier.name, listed.message) : null;
  const listing = elsewhere ?? listed;
  if (listing.kind === 'other_channel' || listing.kind === 'no_phone_number') {
    await hearElsewhere(carrier.name, listing, deps);
  }
  if (listing.kind !== 'message') {
    await setAside(carrier.name, listing.unreachable, asideReasons[listing.kind], deps);
    return;
  }
  const { message } = listing;
  const { carrierMessageId, from, to, body, receivedAt } = message;
  const unreachable = { carrierMessageId, from, to, body };
  if (receivedAt !== null && Number.isNaN(receivedAt.getTime())) {
    await setAside(carrier.name, unreachable, asideReasons.no_date, deps);
    return;
  }
  const media = await mediaOf(carrier, listing, deps);
  try {
    await receiveInbound(carrier.name, { ...message, media }, deps);
  } catch (error) {
    if (!neverSucceeds(error)) throw error;
    await setAside(carrier.name, unreachable, messageOf(error), deps);
  }
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
