import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { reimportedChangeId } from '#shared/identity.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { ConsentChange } from './change.ts';
import type { ImportKind } from './import-row.ts';
import { recordConsents, type Telling } from './record.ts';
import { blocksScope } from './standing.ts';
import { readNewestOptIns, readStandings } from './store.ts';

/**
 * Records what a list says, in the caller's transaction, and returns how many changes were recorded: the others are known and still hold. A
 * suppression that was lifted since the same list was taken in is recorded anew: whoever gives a list wants everybody on it left alone.
 */
export async function recordListed(
  tx: Transaction,
  kind: ImportKind,
  changes: readonly ConsentChange[],
  telling: Telling,
): Promise<number> {
  const fresh = (await recordConsents(tx, changes, telling)).recorded;
  if (kind === 'consents' || fresh.length === changes.length) return fresh.length;
  const isFresh = new Set(fresh);
  const known = changes.filter((change) => !isFresh.has(change));
  const anew = await liftedSince(tx, known, telling.pseudonyms);
  if (anew.length === 0) return fresh.length;
  return fresh.length + (await recordConsents(tx, anew, telling)).recorded.length;
}

/**
 * Of suppressions that are in the history already, those of phones that are not blocked now, as changes of their own: known by what lifted
 * them, so that they are recorded once for each time.
 */
async function liftedSince(
  tx: Transaction,
  known: readonly ConsentChange[],
  pseudonyms: Pseudonyms,
): Promise<ConsentChange[]> {
  const standings = await readStandings(tx, phonesOf(known), pseudonyms);
  const open = known.filter(
    ({ phoneNumber, scope }) => !blocksScope(standings.get(phoneNumber) ?? new Map(), scope),
  );
  if (open.length === 0) return [];
  const lifting = await readNewestOptIns(tx, phonesOf(open), pseudonyms);
  return open.map((change) => ({
    ...change,
    changeId: reimportedChangeId(change.changeId, lifting.get(change.phoneNumber) ?? ''),
  }));
}

const phonesOf = (changes: readonly ConsentChange[]): PhoneNumber[] => [
  ...new Set(changes.map(({ phoneNumber }) => phoneNumber)),
];
