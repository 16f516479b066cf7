import type { Carrier, StatusReport } from '#shared/carriers/carrier.ts';
import { consentChange } from '#shared/consent/change.ts';
import { recordConsent } from '#shared/consent/record.ts';
import type { StatusUpdate } from '#shared/contracts/message-log.ts';
import { carrierOptOutId, inboundCommandId } from '#shared/identity.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { ReceivingDeps } from './receive-inbound.ts';

/**
 * Takes in a status callback. Resolves when the stream of the message log has accepted it. A status that says that
 * the person opted out at the carrier suppresses them here first: the carrier's verdict wins over ours.
 */
export async function receiveStatus(
  carrier: Carrier,
  report: StatusReport,
  deps: ReceivingDeps,
): Promise<void> {
  const { errorCode, phoneNumber } = report;
  if (errorCode !== null && phoneNumber !== null && carrier.classifyError(errorCode).class === 'suppress') {
    await followCarrierOptOut(carrier, report, phoneNumber, deps);
  }
  const update: StatusUpdate = {
    type: 'STATUS_UPDATE',
    carrier: carrier.name,
    ...report,
    receivedAt: deps.clock.now().toISOString(),
  };
  await deps.producer.put('message-log', phoneNumber ?? report.carrierMessageId, JSON.stringify(update));
}

/** Once per message: a callback that is repeated after the person opted in again changes nothing. */
async function followCarrierOptOut(
  carrier: Carrier,
  report: StatusReport,
  phoneNumber: PhoneNumber,
  { pool, clock, relay, cache, logger, metrics, pseudonyms }: ReceivingDeps,
): Promise<void> {
  const cause = `${carrier.name} error ${report.errorCode} on ${report.carrierMessageId}`;
  // With the sender's id where the attempt is known: its answer and its status are one opt-out.
  const changeId =
    report.attemptId === null
      ? inboundCommandId(carrier.name, `${report.carrierMessageId}:${report.errorCode}`)
      : carrierOptOutId(report.attemptId);
  const change = consentChange({
    changeId,
    phoneNumber,
    status: 'opted_out',
    method: 'carrier',
    cause,
    requestedAt: clock.now(),
  });
  const telling = { teller: 'gateway', now: clock.now(), cache, pseudonyms } as const;
  const recorded = await recordConsent(pool, change, telling);
  if (recorded.kind === 'changed') {
    relay.wake();
    metrics.observe('OptOuts', 1, {});
    if (recorded.blocked > 0) metrics.observe('MessagesBlocked', recorded.blocked, {});
  }
  const isNew = recorded.kind === 'changed';
  logger.info(
    { commandId: changeId, phoneNumber, isNew, cause },
    'the carrier says that the person opted out',
  );
}
