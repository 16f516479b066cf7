import type { ConsentChange } from '#shared/consent/change.ts';
import type { Telling } from '#shared/consent/record.ts';
import { recordListed } from '#shared/consent/record-list.ts';
import type { SuppressionCache } from '#shared/consent/suppression-cache.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { type ConsentCells, changeOf } from '#shared/imports/read-row.ts';
import type { Import, ImportCounts } from '#shared/imports/store.ts';
import { lockKnownPhones, lockPhones } from '#shared/phone/lock-phones.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { ServiceName } from '#shared/topology.ts';
import { dropErased } from './erased-since.ts';
import { takeContacts } from './write-contacts.ts';

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

/** A staged row by its key. */
export type StagedKey = readonly [phone: string, scope: string];

/** Staged rows that follow each other, in the order of their numbers. */
export interface StagedPart {
  from: StagedKey;
  to: StagedKey;
  phones: readonly string[];
  hasConsent: boolean;
}

/**
 * The next staged rows: the lowest above `above`, or with `descending` the highest below `below`. Null: there are none
 * between the two. Nothing is locked.
 */
export async function nextStaged(
  tx: Transaction,
  importId: string,
  {
    above,
    below,
    descending = false,
    limit,
  }: { above: StagedKey | null; below: StagedKey | null; descending?: boolean; limit: number },
): Promise<StagedPart | null> {
  const direction = descending ? 'DESC' : 'ASC';
  // One text for all: a row for each costs more than finding it.
  const { rows } = await tx.query<{
    phones: string | null;
    has_consent: boolean;
    first_scope: string;
    last_scope: string;
  }>(
    `SELECT string_agg(phone_number, ',') AS phones, bool_or(consent IS NOT NULL) AS has_consent,
            (array_agg(scope))[1] AS first_scope, (array_agg(scope))[count(*)] AS last_scope
       FROM (
     SELECT phone_number, scope, consent FROM import_contact
      WHERE import_id = $1 AND (phone_number, scope) > ($3, $4)
        ${below === null ? '' : 'AND (phone_number, scope) < ($5, $6)'}
      ORDER BY phone_number ${direction}, scope ${direction} LIMIT $2) AS part`,
    [importId, limit, ...(above ?? ['', '']), ...(below ?? [])],
  );
  const [row] = rows;
  if (row === undefined || row.phones === null) return null;
  const phones = row.phones.split(',');
  const ends: [StagedKey, StagedKey] = [
    [phones[0] ?? '', row.first_scope],
    [phones.at(-1) ?? '', row.last_scope],
  ];
  if (descending) {
    phones.reverse();
    ends.reverse();
  }
  const [from, to] = ends;
  return { from, to, phones, hasConsent: row.has_consent };
}

/**
 * Takes staged rows in and returns the counts with them. Their phones are locked first, in the order of their numbers, as
 * everybody does who writes for several; the rows are deleted as they are taken, so that nothing is taken twice, whoever
 * else takes rows of the import at this moment, and what an erasure removes meanwhile is not taken at all, nor who was erased since the
 * upload. What they say of
 * consent goes through the one function that records consent: an import lifts nothing, and a suppression stops what waits
 * for the phone at once.
 */
export async function commitRows(
  tx: Transaction,
  committed: Import,
  part: StagedPart,
  parts: CommitParts,
  now: Date,
): Promise<ImportCounts> {
  // Consent locks phones whether or not they have a row, and makes those that are missing.
  if (part.hasConsent) await lockPhones(tx, part.phones);
  else await lockKnownPhones(tx, part.phones);
  const left = { ...part, phones: await dropErased(tx, committed, part.phones, parts.pseudonyms) };
  const { consents, counts } =
    committed.kind === 'contacts'
      ? await takeContacts(tx, committed, left, now)
      : await takeSuppressions(tx, committed, left);
  const recorded = await record(tx, committed, consents, parts, now);
  return { ...counts, consents: counts.consents + recorded };
}

async function takeSuppressions(
  tx: Transaction,
  { counts, importId }: Import,
  { from, to }: StagedPart,
): Promise<{ counts: ImportCounts; consents: StagedConsent[] }> {
  const { rows } = await tx.query<StagedConsent & { isKnown: boolean }>(
    `WITH taken AS (
       DELETE FROM import_contact
        WHERE import_id = $1 AND (phone_number, scope) >= ($2, $3) AND (phone_number, scope) <= ($4, $5)
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
  return recordListed(tx, kind === 'contacts' ? 'consents' : 'suppressions', changes, telling);
}

/**
 * The counts of an import of which nothing is left to take: with the people who were erased between the check and the
 * commit of their row, each of whom has left a fault. Throws where they do not add up.
 */
export async function countErased(tx: Transaction, { counts, importId }: Import): Promise<ImportCounts> {
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
