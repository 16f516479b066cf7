import type { CarrierName, ConsentChanged } from '#shared/contracts/dialog-commands.ts';
import { carrierOptOutId } from '#shared/identity.ts';
import type { OutboxEntry } from '#shared/outbox/entry.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** A request that the carrier refused. */
interface Refused {
  attemptId: string;
  message: { phoneNumber: string };
}

/**
 * The carrier knows an opt-out that we do not: our own suppression follows it, and the dialog is told. The phones are
 * locked. Ids derive from the attempts, so a repetition changes nothing. Returns the commands to send: only for changes
 * that are new, because whoever brought the others first has told the dialog.
 */
export async function suppressRefused(
  tx: Transaction,
  refused: readonly Refused[],
  carrier: CarrierName,
  now: Date,
): Promise<OutboxEntry[]> {
  if (refused.length === 0) return [];
  const cause = `${carrier} refused a message: opted out there`;
  const phones = refused.map(({ message }) => message.phoneNumber);
  const ids = refused.map(({ attemptId }) => carrierOptOutId(attemptId));
  // One statement: only a change that is new suppresses. One that the status callback brought first, and a START has
  // lifted since, must not come back.
  const { rows } = await tx.query<{ change_id: string; phone_number: string }>(
    `WITH changed AS (
       INSERT INTO consent_change (change_id, phone_number, status, method, cause, requested_at)
       SELECT change_id, phone_number, 'opted_out', 'carrier', $3, $4
         FROM unnest($1::uuid[], $2::text[]) AS refused(change_id, phone_number)
       ON CONFLICT (change_id) DO NOTHING
       RETURNING change_id, phone_number),
     suppressed AS (
       INSERT INTO suppression (phone_number, change_id, source, reason, added_at)
       SELECT DISTINCT ON (phone_number) phone_number, change_id, 'carrier', $3, $4::timestamptz FROM changed
       ON CONFLICT (phone_number) DO NOTHING)
     SELECT change_id, phone_number FROM changed`,
    [ids, phones, cause, now],
  );
  return rows.map(({ change_id, phone_number }): OutboxEntry => {
    const command: ConsentChanged = {
      type: 'CONSENT_CHANGED',
      commandId: change_id,
      phoneNumber: phoneNumber(phone_number),
      occurredAt: now.toISOString(),
      payload: { status: 'opted_out', scope: 'sender', method: 'carrier', cause },
    };
    return {
      kind: 'stream',
      target: 'dialog-commands',
      orderingKey: phone_number,
      body: JSON.stringify(command),
    };
  });
}
