import { CarillonError } from '#shared/errors.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import type { Pseudonyms } from './pseudonyms.ts';

/**
 * Throws `invalid_configuration` where a number was hashed under a key that is not among these, or is another one of the
 * same version: whoever was erased under it would be taken for somebody of whom nothing is known, and be written to.
 */
export async function checkKeys(db: Queryable, pseudonyms: Pseudonyms): Promise<void> {
  const { rows } = await db.query<{ key_version: number; proof: string }>(
    'SELECT key_version, proof FROM erasure_key ORDER BY key_version',
  );
  const faulty = rows.filter(({ key_version, proof }) => pseudonyms.proofOf(key_version) !== proof);
  if (faulty.length === 0) return;
  const versions = faulty.map(({ key_version }) => key_version).join(', ');
  throw new CarillonError(
    'invalid_configuration',
    `CONSENT_PEPPER lacks the key of version ${versions}, or has another one: numbers of erased people are hashed under it`,
  );
}
