import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { ConsentChange } from './change.ts';

/**
 * Whether an opt-in is none, by what it was when it was first heard: a word like "yes" from somebody who was not opted
 * out. Remembers that it is none, so that a repetition cannot lift a later STOP. The phone's row is locked.
 */
export async function isNoWord(
  tx: Transaction,
  { changeId, phoneNumber, onlyWhileOptedOut }: ConsentChange,
  pseudonyms: Pseudonyms,
): Promise<boolean> {
  const { rows } = await tx.query<{ seen: boolean; recorded: boolean; suppressed: boolean }>(
    `SELECT EXISTS (SELECT FROM consent_word_seen WHERE change_id = $1) AS seen,
            EXISTS (SELECT FROM consent_change WHERE change_id = $1) AS recorded,
            EXISTS (SELECT FROM suppression WHERE phone_number = ANY ($2)) AS suppressed`,
    [changeId, [phoneNumber, ...pseudonyms.allOf(phoneNumber)]],
  );
  const before = rows[0];
  if (before?.seen) return true;
  if (!onlyWhileOptedOut || before?.suppressed || before?.recorded) return false;
  await tx.query(
    `INSERT INTO consent_word_seen (change_id, phone_number)
     VALUES ($1, $2)
     ON CONFLICT (change_id) DO NOTHING`,
    [changeId, phoneNumber],
  );
  return true;
}
