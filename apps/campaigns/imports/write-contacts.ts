import { idsInOrder } from '#shared/ids-in-order.ts';
import type { ImportOptions } from '#shared/imports/options.ts';
import type { Import, ImportCounts } from '#shared/imports/store.ts';
import { isUniqueViolation, type Transaction } from '#shared/postgres/pool.ts';
import type { StagedConsent, StagedPart } from './commit-rows.ts';

/** Columns that hold one value: what the file says, or what is known, goes first. */
const VALUES = ['external_id', 'name', 'language', 'time_zone', 'state', 'postal_code'] as const;

const TAGS = `known.tags || ARRAY(SELECT tag FROM unnest(excluded.tags) WITH ORDINALITY AS told(tag, place)
                                   WHERE tag <> ALL (known.tags) ORDER BY place)`;

/** What becomes of a contact that is there: the columns by the values that they get. */
const merged = (first: string, second: string, attributes: string): string => {
  const values = [
    ...VALUES.map((column) => `coalesce(${first}.${column}, ${second}.${column})`),
    attributes,
    TAGS,
  ];
  const columns = [...VALUES, 'attributes', 'tags'];
  return `DO UPDATE SET (${columns.join(', ')}) = (${values.join(', ')}), version = known.version + 1, updated_at = $6
          WHERE (${columns.map((column) => `known.${column}`).join(', ')}) IS DISTINCT FROM (${values.join(', ')})`;
};

const ON_MATCH: Readonly<Record<ImportOptions['onMatch'], string>> = {
  update: merged('excluded', 'known', 'known.attributes || excluded.attributes'),
  fill: merged('known', 'excluded', 'excluded.attributes || known.attributes'),
  keep: 'DO NOTHING',
};

/**
 * Takes staged contacts in as `writeContacts` does: at first as if no external id had gone to anybody else since the check,
 * which is so nearly always, and to look for each costs more than to write it.
 */
export async function takeContacts(
  tx: Transaction,
  taken: Import,
  part: StagedPart,
  now: Date,
): ReturnType<typeof writeContacts> {
  await tx.query('SAVEPOINT unrefused');
  try {
    return await writeContacts(tx, taken, part, now, NOBODY_REFUSED);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    await tx.query('ROLLBACK TO SAVEPOINT unrefused');
    return await writeContacts(tx, taken, part, now, REFUSED);
  }
}

/** Of those that are taken: whose external id another contact has. */
const REFUSED = `
  SELECT taken.* FROM taken
   WHERE external_id IS NOT NULL
     AND EXISTS (SELECT FROM contact WHERE contact.external_id = taken.external_id
                    AND contact.phone_number <> taken.phone_number)`;
const NOBODY_REFUSED = 'SELECT * FROM taken WHERE false';

/**
 * Takes staged contacts in, and adds all of them to the import's list. New ones get ids in the order of their numbers, as they
 * lie in the table: the index by id is written in one place. Whose external id somebody else has got since the check is
 * refused, and told. Where phones are known to be follows their contacts, and dialogs are to hear of what changed.
 */
async function writeContacts(
  tx: Transaction,
  { columns, counts, importId, mapping, options }: Import,
  { from, phones, to }: StagedPart,
  now: Date,
  whoIsRefused: typeof REFUSED | typeof NOBODY_REFUSED,
): Promise<{ counts: ImportCounts; consents: StagedConsent[] }> {
  const place = mapping.indexOf('external_id');
  const { first, prefix } = idsInOrder();
  const { rows } = await tx.query<{
    taken: number;
    refused: number;
    created: number;
    updated: number;
    phones: string[] | null;
    consents: StagedConsent[] | null;
  }>(
    `WITH taken AS (
       DELETE FROM import_contact
        WHERE import_id = $1 AND (phone_number, scope) >= ($2, $3) AND (phone_number, scope) <= ($4, $5)
       RETURNING *),
     refused AS (${whoIsRefused}),
     told AS (
       INSERT INTO import_fault (import_id, row_number, place, column_name, reason, value, phone_number)
       SELECT $1, row_number, $7, $8, 'belongs to a contact with another number since the check', left(external_id, 120),
              phone_number
         FROM refused),
     admitted AS MATERIALIZED (
       SELECT * FROM taken WHERE NOT EXISTS (SELECT FROM refused WHERE refused.phone_number = taken.phone_number)),
     written AS (
       INSERT INTO contact AS known (contact_id, phone_number, external_id, name, language, time_zone, state, postal_code,
                                     attributes, tags, created_at, updated_at)
       SELECT ($9 || lpad(to_hex($10::bigint + row_number() OVER (ORDER BY phone_number)), 12, '0'))::uuid, phone_number,
              external_id, name, language, time_zone, state, postal_code, attributes, tags, $6, $6
         FROM admitted ORDER BY phone_number
       ON CONFLICT (phone_number) ${ON_MATCH[options.onMatch]}
       RETURNING known.xmax = 0 AS is_new, known.phone_number),
     heard AS (
       INSERT INTO contact_news (phone_number, due_at)
       SELECT written.phone_number, $6 FROM written
        CROSS JOIN LATERAL (SELECT FROM dialog_state
                             WHERE dialog_state.phone_number = written.phone_number LIMIT 1) AS dialog)
     SELECT (SELECT count(*)::int FROM taken) AS taken, (SELECT count(*)::int FROM refused) AS refused,
            (SELECT count(*)::int FROM written WHERE is_new) AS created,
            (SELECT count(*)::int FROM written WHERE NOT is_new) AS updated,
            (SELECT array_agg(phone_number) FROM refused) AS phones,
            (SELECT json_agg(json_build_object('rowNumber', row_number, 'phoneNumber', phone_number, 'cells', consent)
                             ORDER BY phone_number)
               FROM admitted WHERE consent IS NOT NULL) AS consents`,
    [importId, ...from, ...to, now, place, columns[place] ?? null, prefix, first],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('an aggregate has no row');
  const { consents, created, refused, taken, updated } = row;
  const without = new Set(row.phones);
  const written = without.size === 0 ? phones : phones.filter((phone) => !without.has(phone));
  if (options.listId !== null) await addToList(tx, options.listId, written, now);
  if (created < taken) await writeWhereabouts(tx, written);
  return {
    counts: {
      ...counts,
      created: counts.created + created,
      updated: counts.updated + updated,
      unchanged: counts.unchanged + taken - created - updated - refused,
      refused: counts.refused + refused,
    },
    consents: consents ?? [],
  };
}

async function addToList(
  tx: Transaction,
  listId: string,
  phones: readonly string[],
  now: Date,
): Promise<void> {
  await tx.query(
    `INSERT INTO list_member (list_id, contact_id, added_at)
     SELECT $1, contact_id, $3
       FROM unnest($2::text[]) AS written(phone_number)
      CROSS JOIN LATERAL (SELECT contact_id FROM contact
                           WHERE contact.phone_number = written.phone_number LIMIT 1) AS contact
      ORDER BY contact_id
     ON CONFLICT DO NOTHING`,
    [listId, phones, now],
  );
}

/** What is known of where contacts are, on their phones' rows, where every judgement reads it. Those are locked. */
async function writeWhereabouts(tx: Transaction, phones: readonly string[]): Promise<void> {
  await tx.query(
    `UPDATE phone
        SET time_zone = coalesce(contact.time_zone, phone.time_zone), state = coalesce(contact.state, phone.state),
            postal_code = coalesce(contact.postal_code, phone.postal_code)
       FROM contact
      WHERE phone.phone_number = ANY ($1) AND contact.phone_number = phone.phone_number
        AND (contact.time_zone IS NOT NULL AND contact.time_zone IS DISTINCT FROM phone.time_zone
             OR contact.state IS NOT NULL AND contact.state IS DISTINCT FROM phone.state
             OR contact.postal_code IS NOT NULL AND contact.postal_code IS DISTINCT FROM phone.postal_code)`,
    [phones],
  );
}
