import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/**
 * The suppression list: which phones get nothing, in which scopes. It never expires. Always equal to the standings that
 * block; the authority that a claim reads. Written with the phones' rows locked, after their standings.
 */

/** Brings the phones that are blocked onto the list, with the change behind it. */
export async function suppressBlocked(tx: Transaction, phones: readonly string[]): Promise<void> {
  await tx.query(
    `INSERT INTO suppression (phone_number, scope, change_id, source, reason, added_at)
     SELECT standing.phone_number, standing.scope, change_id,
            CASE method WHEN 'carrier' THEN 'carrier' WHEN 'import' THEN 'admin_import' ELSE 'user_opt_out' END,
            cause, change.requested_at
       FROM consent_standing AS standing JOIN consent_change AS change USING (change_id)
      WHERE standing.phone_number = ANY ($1) AND standing.status <> 'opted_in'
     ON CONFLICT (phone_number, scope) DO UPDATE
        SET change_id = excluded.change_id, source = excluded.source,
            reason = excluded.reason, added_at = excluded.added_at`,
    [phones],
  );
}

/**
 * Takes what blocks no longer off the list, also where it stands under the hash of somebody who was erased. Returns the
 * phones for which there was something.
 */
export async function liftUnblocked(
  tx: Transaction,
  phones: readonly string[],
  pseudonyms: Pseudonyms,
): Promise<string[]> {
  const known = pseudonyms.namesOf(phones);
  const { rows } = await tx.query<{ phone_number: string }>(
    `DELETE FROM suppression
      USING unnest($1::text[], $2::text[]) AS named(phone_number, name)
      WHERE suppression.phone_number = named.name
        AND NOT EXISTS (
              SELECT FROM consent_standing AS standing
               WHERE standing.phone_number = named.phone_number AND standing.scope = suppression.scope
                 AND standing.status <> 'opted_in')
     RETURNING named.phone_number`,
    [known.phones, known.names],
  );
  return [...new Set(rows.map((row) => row.phone_number))];
}

/**
 * Which of these phone numbers are on the suppression list, also by the hash of somebody who was erased: in any scope. For
 * what is about no topic in particular (lessons, what the dialog answers, answers by hand), which the gate stops by any
 * refusal, whatever REVOCATION_SCOPE says (`isSuppressed` in shared/compliance/case.ts).
 */
export async function readSuppressed(
  tx: Transaction,
  phones: readonly string[],
  pseudonyms: Pseudonyms,
): Promise<ReadonlySet<string>> {
  const known = pseudonyms.namesOf(phones);
  const { rows } = await tx.query<{ phone_number: string }>(
    `SELECT named.phone_number FROM unnest($1::text[], $2::text[]) AS named(phone_number, name)
       JOIN suppression ON suppression.phone_number = named.name`,
    [known.phones, known.names],
  );
  return new Set(rows.map((row) => row.phone_number));
}
