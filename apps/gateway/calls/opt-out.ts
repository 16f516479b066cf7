import type { KeyReport } from '#shared/carriers/voice.ts';
import { consentChange } from '#shared/consent/change.ts';
import { waitForRequestsInFlight } from '#shared/consent/in-flight.ts';
import { recordConsent } from '#shared/consent/record.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { callOptOutId } from '#shared/identity.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { CallDeps } from './call-deps.ts';

/**
 * Opts out who pressed the key for it, of calls and texts, of every topic, by what a STOP does: committed and with the
 * requests in flight over when this resolves. Once per call: repeated after the person opted in again it changes nothing.
 * The change keeps what proves it: the call, the key, the instant, and which of our numbers it was.
 *
 * Depends on the database alone. Rejects when that is away: then nothing may be confirmed.
 */
export async function optOutByKey(
  carrier: CarrierName,
  { carrierMessageId, key, ourNumber }: KeyReport,
  phoneNumber: PhoneNumber,
  deps: CallDeps,
): Promise<void> {
  const { cache, clock, logger, metrics, pool, pseudonyms, relay } = deps;
  const changeId = callOptOutId(carrier, carrierMessageId);
  const change = consentChange({
    changeId,
    phoneNumber,
    status: 'opted_out',
    method: 'voice',
    originalMessage: `key ${key}`,
    cause: `${carrier} ${carrierMessageId} with ${ourNumber ?? 'a number of ours'}`,
    rule: 'key_press',
    requestedAt: clock.now(),
  });
  const telling = { teller: 'gateway', now: clock.now(), cache, pseudonyms } as const;
  const recorded = await recordConsent(pool, change, telling);
  const isNew = recorded.kind === 'changed';
  if (isNew) {
    relay.wake();
    metrics.observe('OptOuts', 1, {});
    if (recorded.blocked > 0) metrics.observe('MessagesBlocked', recorded.blocked, {});
  }
  logger.info(
    { commandId: changeId, phoneNumber, carrierMessageId, isNew },
    'a person opted out by a key in a call',
  );
  // Also when it is known already: the delivery before may have died while it waited.
  if (await waitForRequestsInFlight(pool, clock, phoneNumber)) return;
  logger.warn({ commandId: changeId, phoneNumber }, 'a request was still on its way after the wait');
}
