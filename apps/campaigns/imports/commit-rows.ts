import type { ConsentChange } from '#shared/consent/change.ts';
import { recordConsents, type Telling } from '#shared/consent/record.ts';
import type { SuppressionCache } from '#shared/consent/suppression-cache.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { type ConsentCells, changeOf } from '#shared/imports/read-row.ts';
import type { Import, ImportCounts } from '#shared/imports/store.ts';
import { lockKnownPhones, lockPhones } from '#shared/phone/lock-phones.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { ServiceName } from '#shared/topology.ts';
import { writeContacts } from './write-contacts.ts';

export interface CommitParts {
  pseudonyms: Pseudonyms;
  /** In whose slot outbox dialogs are told of what stops them. */
  producer: ServiceName;
  cache?: Pick<SuppressionCache, 'changing'>;
}

/** A staged row that says something of consent. */
export interface StagedConsent {
  rowNumber: number;
  phoneNumber: PhoneNumber;
  cells: ConsentCells;
}

export interface Committed {
  /** The last number, with its scope; null: there were no more. */
  to: readonly [phone: string, scope: string] | null;
  counts: ImportCounts;
}

/**
 * Takes in the next staged rows, in the order of their numbers. Their phones are locked first, in that order, as everybody
 * does who writes for several; the rows are deleted as they are taken, so that nothing is taken twice and what an erasure
 * removes meanwhile is not taken at all. What they say of consent goes through the one function that records consent: an
 * import lifts nothing, and a suppression stops what waits for the phone at once.
 */
export async function commitRows(
  tx: Transaction,
  committed: Import,
  parts: CommitParts,
  { limit, now }: { limit: number; now: Date },
): Promise<Committed> {
  const { importId, kind } = committed;
  const from = committed.reached ?? ['', ''];
  const { rows } = await tx.query<{ phone_number: string; scope: string; has_consent: boolean }>(
    `SELECT phone_number, scope, consent IS NOT NULL AS has_consent FROM import_contact
      WHERE import_id = $1 AND (phone_number, scope) > ($2, $3)
      ORDER BY phone_number, scope LIMIT $4`,
    [importId, from[0], from[1], limit],
  );
  const last = rows.at(-1);
  if (last === undefined) return { to: null, counts: await withErased(tx, committed) };
  const to = [last.phone_number, last.scope] as const;
  const phones = rows.map((row) => row.phone_number);
  // Consent locks phones whether or not they have a row, and makes those that are missing.
  if (rows.some((row) => row.has_consent)) await lockPhones(tx, phones);
  else await lockKnownPhones(tx, phones);
  const part = { from: [String(from[0]), String(from[1])] as const, to, phones, now };
  const { consents, counts } =
    kind === 'contacts'
      ? await writeContacts(tx, committed, part)
      : await takeSuppressions(tx, committed, part);
  const recorded = await record(tx, committed, consents, parts, now);
  return { to, counts: { ...counts, consents: counts.consents + recorded } };
}

export interface Part {
  from: readonly [phone: string, scope: string];
  to: readonly [phone: string, scope: string];
  phones: readonly string[];
  now: Date;
}

async function takeSuppressions(
  tx: Transaction,
  { counts, importId }: Import,
  { from, to }: Part,
): Promise<{ counts: ImportCounts; consents: StagedConsent[] }> {
  const { rows } = await tx.query<StagedConsent & { isKnown: boolean }>(
    `WITH taken AS (
       DELETE FROM import_contact
        WHERE import_id = $1 AND (phone_number, scope) > ($2, $3) AND (phone_number, scope) <= ($4, $5)
       RETURNING row_number, phone_number, scope, consent)
     SELECT row_number AS "rowNumber", phone_number AS "phoneNumber", consent AS cells,
            EXISTS (SELECT FROM suppression WHERE suppression.phone_number = taken.phone_number
                       AND suppression.scope = taken.scope) AS "isKnown"
       FROM taken ORDER BY phone_number, scope`,
    [importId, ...from, ...to],
  );
  const known = rows.filter(({ isKnown }) => isKnown).length;
  return {
    counts: {
      ...counts,
      created: counts.created + rows.length - known,
      unchanged: counts.unchanged + known,
    },
    consents: rows,
  };
}

/** Returns how many changes of consent were new. */
async function record(
  tx: Transaction,
  { createdBy, fileHash, kind, mapping, options }: Import,
  staged: readonly StagedConsent[],
  { cache, producer, pseudonyms }: CommitParts,
  now: Date,
): Promise<number> {
  if (staged.length === 0) return 0;
  // The same row of the same file, read in the same way, is the same change: known when it comes again.
  const file = JSON.stringify([kind, fileHash, mapping, options.country, options.granted]);
  const changes = staged.map(({ cells, phoneNumber, rowNumber }): ConsentChange => {
    const read = changeOf(cells, { kind, phoneNumber, rowNumber, now, actor: createdBy, file });
    if (read.kind === 'rejected')
      throw new Error(`row ${rowNumber} passed the check and is none: ${read.reason}`);
    return read.change;
  });
  const telling: Telling = {
    teller: producer,
    onlyDialogs: true,
    now,
    pseudonyms,
    ...(cache === undefined ? {} : { cache }),
  };
  return (await recordConsents(tx, changes, telling)).recorded.length;
}

/** People who were erased between the check and the commit of their row: each has left a fault. */
async function withErased(tx: Transaction, { counts, importId }: Import): Promise<ImportCounts> {
  const { rows } = await tx.query<{ erased: number }>(
    `SELECT count(*)::int AS erased FROM import_fault WHERE import_id = $1 AND place = -2 AND phone_number IS NULL`,
    [importId],
  );
  const erased = rows[0]?.erased ?? 0;
  const { created, refused, unchanged, updated, valid } = counts;
  if (created + updated + unchanged + refused + erased !== valid) {
    throw new Error(`an import of ${valid} rows ends with ${JSON.stringify({ ...counts, erased })}`);
  }
  return { ...counts, erased };
}
