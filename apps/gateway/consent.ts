import { blockSuppressed } from '#shared/messages/block-suppressed.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction, type Pool, type Queryable } from '#shared/postgres/pool.ts';

/**
 * Consent as people change it by text. Changes of one phone are put in order by the lock on its row: the order of
 * changes is the order in which they are first committed. A change is known by its id, so a delivery that is
 * repeated, however late, changes nothing.
 */
export interface ConsentChange {
  changeId: string;
  phoneNumber: PhoneNumber;
  status: 'opted_in' | 'opted_out';
  method: 'sms' | 'carrier';
  originalMessage: string | null;
  /** What is behind it, for whoever reads the history: the carrier's message, an error code. */
  cause: string;
  requestedAt: Date;
  /**
   * Whether `requestedAt` is known to be when the person asked, and not when we heard of it. An opt-in that is found
   * late then does not lift an opt-out that was asked for after it.
   */
  foundLate: boolean;
  /**
   * An opt-in only for somebody who is opted out: a word like "yes". For anybody else it says nothing about consent,
   * and keeps saying nothing when it is delivered again.
   */
  onlyWhileOptedOut: boolean;
}

export type RecordedConsent =
  /** `blocked`: messages that waited and will not go. */
  | { kind: 'changed'; blocked: number }
  /** An earlier delivery had its effect. */
  | { kind: 'known' }
  /** It said nothing about consent when it was first heard. */
  | { kind: 'no_change' };

/**
 * Commits a change and what follows from it for suppression, before anything of the phone can be claimed again. An
 * opt-out suppresses; an opt-in lifts every suppression. What a text is depends on its first delivery alone, under the
 * lock on the phone: nothing follows from a later one.
 *
 * What waited when somebody opted out, or came in until they opted in again, is blocked for good: it was not meant for
 * who they are now. A confirmation of the opt-out that has not gone when it is lifted is withdrawn.
 */
export function recordConsent(pool: Pool, change: ConsentChange): Promise<RecordedConsent> {
  return inTransaction(pool, async (tx) => {
    await lockPhone(tx, change.phoneNumber);
    if (change.status === 'opted_in' && (await saysNothing(tx, change))) return { kind: 'no_change' };
    if (!(await appendChange(tx, change))) return { kind: 'known' };
    if (change.status === 'opted_out') await suppress(tx, change);
    const blocked = await blockSuppressed(tx, [change.phoneNumber]);
    if (change.status === 'opted_in' && (await liftSuppression(tx, change))) {
      await withdrawConfirmations(tx, change.phoneNumber);
    }
    return { kind: 'changed', blocked };
  });
}

/** Whether an opt-in is none, by what it was when it was first heard. Remembers that it is none. */
async function saysNothing(tx: Queryable, change: ConsentChange): Promise<boolean> {
  const { rows } = await tx.query<{ seen: boolean; suppressed: boolean }>(
    `SELECT EXISTS (SELECT FROM consent_word_seen WHERE change_id = $1) AS seen,
            EXISTS (SELECT FROM suppression WHERE phone_number = $2) AS suppressed`,
    [change.changeId, change.phoneNumber],
  );
  const before = rows[0];
  if (before?.seen) return true;
  if (!change.onlyWhileOptedOut || before?.suppressed) return false;
  await tx.query(
    `INSERT INTO consent_word_seen (change_id, phone_number)
     SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM consent_change WHERE change_id = $1)
     ON CONFLICT (change_id) DO NOTHING`,
    [change.changeId, change.phoneNumber],
  );
  return true;
}

async function lockPhone(tx: Queryable, phoneNumber: PhoneNumber): Promise<void> {
  await tx.query('INSERT INTO phone (phone_number) VALUES ($1) ON CONFLICT DO NOTHING', [phoneNumber]);
  await tx.query('SELECT 1 FROM phone WHERE phone_number = $1 FOR UPDATE', [phoneNumber]);
}

async function appendChange(tx: Queryable, change: ConsentChange): Promise<boolean> {
  const { rowCount } = await tx.query(
    `INSERT INTO consent_change
       (change_id, phone_number, status, method, original_message, cause, requested_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (change_id) DO NOTHING`,
    [
      change.changeId,
      change.phoneNumber,
      change.status,
      change.method,
      change.originalMessage,
      change.cause,
      change.requestedAt,
    ],
  );
  return rowCount === 1;
}

async function suppress(tx: Queryable, change: ConsentChange): Promise<void> {
  await tx.query(
    `INSERT INTO suppression (phone_number, change_id, source, reason, added_at)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (phone_number) DO UPDATE
        SET change_id = excluded.change_id, source = excluded.source,
            reason = excluded.reason, added_at = excluded.added_at`,
    [
      change.phoneNumber,
      change.changeId,
      change.method === 'carrier' ? 'carrier' : 'user_opt_out',
      change.cause,
      change.requestedAt,
    ],
  );
}

/** Returns whether there was one to lift. */
async function liftSuppression(tx: Queryable, change: ConsentChange): Promise<boolean> {
  const { rowCount } = await tx.query(
    `DELETE FROM suppression
      WHERE phone_number = $1
        AND NOT ($2 AND EXISTS (
              SELECT 1 FROM consent_change
               WHERE phone_number = $1 AND status <> 'opted_in' AND requested_at >= $3))`,
    [change.phoneNumber, change.foundLate, change.requestedAt],
  );
  return rowCount === 1;
}

async function withdrawConfirmations(tx: Queryable, phoneNumber: PhoneNumber): Promise<void> {
  await tx.query(
    `UPDATE message SET state = 'cancelled', due_at = NULL, settled_at = clock_timestamp()
      WHERE phone_number = $1 AND intent = 'opt_out_confirmation' AND state IN ('queued', 'held')`,
    [phoneNumber],
  );
}
