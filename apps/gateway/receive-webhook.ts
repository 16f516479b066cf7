import type { Carrier, InboundMessage, ReceivedWebhook } from '#shared/carriers/carrier.ts';
import { hearElsewhere } from './hear-consent.ts';
import { asideReasons } from './keep-aside.ts';
import { type ReceivingDeps, receiveInbound } from './receive-inbound.ts';
import { receiveStatus } from './receive-status.ts';
import { setAside } from './set-aside.ts';
import { ofNoSender } from './whatsapp.ts';

/** What a webhook came to. */
export type Reception =
  | { kind: 'accepted'; webhook: 'text'; message: InboundMessage }
  | { kind: 'accepted'; webhook: 'status' | 'subscription' | 'nothing' }
  /** Kept aside, and answered as taken in: it will never be anything else. */
  | { kind: 'no_phone_number' | 'other_channel' | 'binary' }
  | { kind: 'malformed' | 'forged' | 'undecided' };

/**
 * Takes in a webhook that came to an address of this carrier: nothing is read before the carrier is known to have sent it.
 * Rejects when it may have to be brought again.
 */
export async function receiveWebhook(
  carrier: Carrier,
  webhook: ReceivedWebhook,
  deps: ReceivingDeps,
): Promise<Reception> {
  const verification = await carrier.verifyWebhook(webhook);
  if (verification !== 'genuine') return { kind: verification };
  const subject = carrier.subjectOf(webhook);
  switch (subject) {
    case 'text':
      return receiveText(carrier, webhook, deps);
    case 'status':
      return receiveReport(carrier, webhook, deps);
    case 'subscription':
      await carrier.confirmSubscription?.(webhook);
      deps.logger.info({ carrier: carrier.name }, 'confirmed a subscription of the carrier');
      return { kind: 'accepted', webhook: subject };
    case 'nothing':
      deps.logger.info({ carrier: carrier.name }, 'a webhook says nothing that concerns us');
      return { kind: 'accepted', webhook: subject };
  }
}

async function receiveText(
  carrier: Carrier,
  webhook: ReceivedWebhook,
  deps: ReceivingDeps,
): Promise<Reception> {
  const read = carrier.parseInbound(webhook);
  const elsewhere = read.kind === 'message' ? await ofNoSender(deps.pool, carrier.name, read.message) : null;
  const parsed = elsewhere ?? read;
  if (parsed.kind === 'malformed') {
    deps.logger.warn({ carrier: carrier.name, reason: parsed.reason }, 'a signed webhook is malformed');
    return { kind: 'malformed' };
  }
  if (parsed.kind !== 'message') {
    const { kind, unreachable } = parsed;
    if (kind !== 'binary') await hearElsewhere(carrier.name, parsed, deps);
    await setAside(carrier.name, unreachable, asideReasons[kind], deps);
    return { kind };
  }
  const { carrierMessageId, receivedAt } = parsed.message;
  const canAsk = receivedAt === null && carrier.inboundDate !== undefined;
  const dateOf = canAsk ? async () => (await carrier.inboundDate?.(carrierMessageId)) ?? null : null;
  await receiveInbound(carrier.name, parsed.message, deps, dateOf);
  return { kind: 'accepted', webhook: 'text', message: parsed.message };
}

async function receiveReport(
  carrier: Carrier,
  webhook: ReceivedWebhook,
  deps: ReceivingDeps,
): Promise<Reception> {
  const parsed = carrier.parseStatus(webhook);
  if (parsed.kind === 'malformed') {
    deps.logger.warn(
      { carrier: carrier.name, reason: parsed.reason },
      'a signed status callback is malformed',
    );
    return { kind: 'malformed' };
  }
  await receiveStatus(carrier, parsed.report, deps);
  return { kind: 'accepted', webhook: 'status' };
}
