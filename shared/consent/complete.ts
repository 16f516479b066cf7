import { completionId } from '#shared/identity.ts';
import { lockPhones } from '#shared/phone/lock-phones.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { consentChange } from './change.ts';
import { recordConsents, type Telling } from './record.ts';
import { readStandings } from './store.ts';

export interface Completion {
  phoneNumber: PhoneNumber;
  scope: string;
  /** What was done, for whoever reads the history. */
  note: string;
  actor: string;
  /** Business time. */
  now: Date;
}

/**
 * Says that a pending revocation has been carried through everywhere: the person is opted out from now on, and the
 * request has no deadline any more. Nothing could be sent since it was recorded. Idempotent.
 */
export async function completeRevocation(
  tx: Transaction,
  { phoneNumber, scope, note, actor, now }: Completion,
  telling: Telling,
): Promise<'completed' | 'not_pending'> {
  await lockPhones(tx, [phoneNumber]);
  const standing = (await readStandings(tx, [phoneNumber], telling.pseudonyms)).get(phoneNumber)?.get(scope);
  if (standing?.status !== 'pending_opt_out') return 'not_pending';
  await recordConsents(
    tx,
    [
      consentChange({
        changeId: completionId(standing.changeId),
        phoneNumber,
        status: 'opted_out',
        method: 'manual',
        scope,
        requestedAt: now,
        cause: note,
        actor,
      }),
    ],
    telling,
  );
  return 'completed';
}
