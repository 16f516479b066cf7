import type { InboundMessage } from '#shared/carriers/carrier.ts';
import type { Clock } from '#shared/clock.ts';
import type { ReviewPolicy } from '#shared/compliance/free-text.ts';
import type { SuppressionCache } from '#shared/consent/suppression-cache.ts';
import type { CarrierName, HeardConsent, InboundSms } from '#shared/contracts/dialog-commands.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { inboundCommandId } from '#shared/identity.ts';
import type { StreamProducer } from '#shared/kinesis/producer.ts';
import type { Logger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import type { SlotRelay } from '#shared/outbox/slot-relay.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { type Heard, hearConsent } from './hear-consent.ts';
import { keepPart, markTakenIn } from './parts/store.ts';
import { noteWindow } from './whatsapp.ts';

export interface ReceivingDeps {
  pool: Pool;
  producer: StreamProducer;
  /** Of the gateway's outbox: to be woken when something was committed to it. */
  relay: Pick<SlotRelay, 'wake'>;
  /** Is told of every change of consent; may be away. */
  cache: Pick<SuppressionCache, 'changing'>;
  /** Names under which somebody who was erased is still on record. */
  pseudonyms: Pseudonyms;
  /** What becomes of texts that may be revocations. */
  reviewPolicy: ReviewPolicy;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
}

/**
 * Takes in what a person texted, from a webhook or from a sweep. Resolves when the dialog's stream has accepted it;
 * until then nothing may be answered. Rejects when the database or the stream is away: the carrier, or the next
 * sweep, brings it again, which is harmless however far this got.
 *
 * A part of a text is kept and, with the last of them, the whole is taken in: nobody reads half a text.
 *
 * `dateOf` asks the carrier when it received a text without a time (`Heard`).
 *
 * Consent comes first. An opt-out is committed and the requests in flight are over before the command is put: after
 * the answer no request for this phone starts, but for its one confirmation. Without the database nothing is put.
 */
export async function receiveInbound(
  carrier: CarrierName,
  message: InboundMessage,
  deps: ReceivingDeps,
  dateOf: Heard['dateOf'] = null,
): Promise<void> {
  const { part } = message;
  if (part === undefined) return receiveWhole(carrier, message, deps, dateOf);
  const kept = await keepPart(deps.pool, carrier, { ...message, part }, deps.clock.now());
  if (kept.kind === 'joined') await receiveJoined(carrier, kept.message, deps);
}

/** Takes in a text that was joined of its parts. Whoever does it again does it under the same id. */
export async function receiveJoined(
  carrier: CarrierName,
  message: InboundMessage,
  deps: ReceivingDeps,
): Promise<void> {
  await receiveWhole(carrier, message, deps, null);
  await markTakenIn(deps.pool, carrier, message.carrierMessageId);
}

async function receiveWhole(
  carrier: CarrierName,
  message: InboundMessage,
  deps: ReceivingDeps,
  dateOf: Heard['dateOf'],
): Promise<void> {
  const commandId = inboundCommandId(carrier, message.carrierMessageId);
  const receivedAt = message.receivedAt ?? deps.clock.now();
  const heard: Heard = { carrier, message, commandId, receivedAt, dateOf };
  const consent = await hearConsent(heard, deps);
  await noteWindow(deps.pool, heard, deps.clock.now());
  const command = commandOf(heard, consent);
  await deps.producer.put('dialog-commands', message.from, JSON.stringify(command));
}

function commandOf({ carrier, message, commandId, receivedAt }: Heard, consent: HeardConsent): InboundSms {
  return {
    type: 'INBOUND_SMS',
    commandId,
    phoneNumber: message.from,
    occurredAt: receivedAt.toISOString(),
    payload: {
      from: message.from,
      to: message.to,
      body: message.body,
      media: message.media.map(({ url, contentType }) => ({ url, contentType })),
      carrier,
      carrierMessageId: message.carrierMessageId,
      receivedAt: receivedAt.toISOString(),
      ...(message.optOutType === null ? {} : { optOutType: message.optOutType }),
      consent,
    },
  };
}
