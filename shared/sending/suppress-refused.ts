import { consentChange } from '#shared/consent/change.ts';
import { recordRevocations } from '#shared/consent/record.ts';
import { consentChanged } from '#shared/consent/tell-dialog.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { carrierOptOutId } from '#shared/identity.ts';
import type { OutboxEntry } from '#shared/outbox/entry.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** A request that the carrier refused. */
interface Refused {
  attemptId: string;
  carrier: CarrierName;
  message: { phoneNumber: string };
}

/**
 * The carrier knows an opt-out that we do not: our own suppression follows it, and the dialog is told. The phones are
 * locked, and the caller blocks what waits for them. Ids derive from the attempts, so a repetition changes nothing. Returns the commands to send: only for changes
 * that are new, because whoever brought the others first has told the dialog.
 */
export async function suppressRefused(
  tx: Transaction,
  refused: readonly Refused[],
  { now, pseudonyms }: { now: Date; pseudonyms: Pseudonyms },
): Promise<OutboxEntry[]> {
  if (refused.length === 0) return [];
  const changes = refused.map(({ attemptId, carrier, message }) => ({
    ...consentChange({
      changeId: carrierOptOutId(attemptId),
      phoneNumber: phoneNumber(message.phoneNumber),
      status: 'opted_out',
      method: 'carrier',
      cause: `${carrier} refused a message: opted out there`,
      requestedAt: now,
    }),
    status: 'opted_out' as const,
  }));
  return (await recordRevocations(tx, changes, pseudonyms)).map(consentChanged);
}
