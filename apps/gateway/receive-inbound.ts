import type { InboundMessage } from '#shared/carriers/carrier.ts';
import type { Clock } from '#shared/clock.ts';
import type { ReviewPolicy } from '#shared/compliance/free-text.ts';
import { consentChange } from '#shared/consent/change.ts';
import { lastDayToHonour } from '#shared/consent/deadline.ts';
import { readConsentText, type TextReading } from '#shared/consent/read-text.ts';
import { recordConsent } from '#shared/consent/record.ts';
import { openReview } from '#shared/consent/review-queue.ts';
import type { SuppressionCache } from '#shared/consent/suppression-cache.ts';
import type { CarrierName, InboundSms } from '#shared/contracts/dialog-commands.ts';
import { inboundCommandId } from '#shared/identity.ts';
import type { StreamProducer } from '#shared/kinesis/producer.ts';
import type { Logger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import type { SlotRelay } from '#shared/outbox/slot-relay.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { waitForRequestsInFlight } from './in-flight.ts';

export interface ReceivingDeps {
  pool: Pool;
  producer: StreamProducer;
  /** Of the gateway's outbox: to be woken when something was committed to it. */
  relay: Pick<SlotRelay, 'wake'>;
  /** Is told of every change of consent; may be away. */
  cache: Pick<SuppressionCache, 'changing'>;
  /** What becomes of texts that may be revocations; the dialog must have the same. */
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
 * Consent comes first. An opt-out is committed and the requests in flight are over before the command is put: after
 * the answer no request for this phone starts, but for its one confirmation. Without the database nothing is put.
 */
export async function receiveInbound(
  carrier: CarrierName,
  message: InboundMessage,
  deps: ReceivingDeps,
): Promise<void> {
  const commandId = inboundCommandId(carrier, message.carrierMessageId);
  const receivedAt = message.receivedAt ?? deps.clock.now();
  const { verdict, rule, review, onlyWhileOptedOut } = readText(message, deps.reviewPolicy);
  const toRead = review
    ? { originalMessage: message.body, rule: rule ?? '', deadline: lastDayToHonour(receivedAt) }
    : null;
  if (verdict === 'opt_out' || verdict === 'opt_in') {
    const change = consentChange({
      changeId: commandId,
      phoneNumber: message.from,
      status: verdict === 'opt_out' ? 'opted_out' : 'opted_in',
      method: 'sms',
      originalMessage: message.body,
      cause: `${carrier} ${message.carrierMessageId}`,
      rule,
      requestedAt: receivedAt,
      foundLate: message.receivedAt !== null,
      onlyWhileOptedOut,
    });
    // The dialog hears the text itself, in stream order.
    const telling = { teller: null, now: deps.clock.now(), cache: deps.cache };
    const recorded = await recordConsent(deps.pool, change, telling, toRead);
    if (recorded.kind !== 'no_change') {
      deps.logger.info(
        {
          commandId,
          carrierMessageId: message.carrierMessageId,
          from: message.from,
          verdict,
          rule,
          isNew: recorded.kind === 'changed',
        },
        'a person changed their consent by text',
      );
    }
    if (recorded.kind === 'changed') {
      if (verdict === 'opt_out') deps.metrics.observe('OptOuts', 1, {});
      if (review) deps.metrics.observe('TextsForReview', 1, {});
      if (recorded.blocked > 0) deps.metrics.observe('MessagesBlocked', recorded.blocked, {});
    }
  } else if (toRead !== null) {
    await openReview(deps.pool, {
      ...toRead,
      reviewId: commandId,
      phoneNumber: message.from,
      changeId: null,
      requestedAt: receivedAt,
    });
    deps.metrics.observe('TextsForReview', 1, {});
  }
  // Also when it is known already: the delivery before may have died while it waited.
  if (verdict === 'opt_out' && !(await waitForRequestsInFlight(deps.pool, deps.clock, message.from))) {
    deps.logger.warn({ commandId, from: message.from }, 'a request was still on its way after the wait');
  }
  await deps.producer.put(
    'dialog-commands',
    message.from,
    JSON.stringify(commandOf(carrier, message, commandId, receivedAt)),
  );
}

/** What the text says about consent, and whether it says so only for somebody who is opted out. */
function readText(
  { body, optOutType: carrierVerdict }: InboundMessage,
  policy: ReviewPolicy,
): TextReading & { onlyWhileOptedOut: boolean } {
  const whileIn = readConsentText(body, { optedOut: false, carrierVerdict }, policy);
  const whileOut = readConsentText(body, { optedOut: true, carrierVerdict }, policy);
  return { ...whileOut, onlyWhileOptedOut: whileIn.verdict !== whileOut.verdict };
}

function commandOf(
  carrier: CarrierName,
  message: InboundMessage,
  commandId: string,
  receivedAt: Date,
): InboundSms {
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
    },
  };
}
