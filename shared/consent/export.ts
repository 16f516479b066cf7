import { csvLine } from '#shared/csv/line.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import type { ImportKind } from './import-row.ts';

const PAGE_ROWS = 5_000;

interface SuppressionRow {
  phone_number: string;
  scope: string;
  requested_at: Date;
  source: string;
  reason: string;
  original_message: string | null;
  external_id: string | null;
  tracking_id: string | null;
}

interface ConsentRow extends Omit<SuppressionRow, 'source'> {
  change_id: string;
  granted: string[];
  method: string;
  wording: string | null;
  affirmative_action: string | null;
  url: string | null;
  ip: string | null;
  user_agent: string | null;
}

/**
 * The suppression list, or every consent that is in force as it was given, as lines of CSV in the order of phone numbers.
 * In the memory of one page, whatever the length. It is no snapshot: what changes while it is written may or may not be
 * in it. Texts that a spreadsheet would compute begin with an apostrophe.
 * People who were erased have no number that could be written: their suppressions stay in force here.
 */
export function exportConsents(
  db: Queryable,
  kind: ImportKind,
  pageRows = PAGE_ROWS,
): AsyncGenerator<string> {
  return kind === 'suppressions' ? exportSuppressions(db, pageRows) : exportGrants(db, pageRows);
}

async function* exportSuppressions(db: Queryable, pageRows: number): AsyncGenerator<string> {
  yield csvLine([
    'phone_number',
    'scope',
    'requested_at',
    'source',
    'reason',
    'original_message',
    'external_id',
    'tracking_id',
  ]);
  for await (const row of pages<SuppressionRow>((after) =>
    db.query(
      `SELECT suppression.phone_number, suppression.scope, added_at AS requested_at, source, reason,
              original_message, external_id, tracking_id
         FROM suppression LEFT JOIN consent_change USING (change_id)
        WHERE (suppression.phone_number, suppression.scope) > ($1, $2) AND suppression.phone_number LIKE '+%'
        ORDER BY suppression.phone_number, suppression.scope
        LIMIT $3`,
      [after?.phone_number ?? '', after?.scope ?? '', pageRows],
    ),
  )) {
    yield csvLine([
      row.phone_number,
      row.scope,
      row.requested_at.toISOString(),
      row.source,
      { text: row.reason },
      { text: row.original_message },
      { text: row.external_id },
      { text: row.tracking_id },
    ]);
  }
}

async function* exportGrants(db: Queryable, pageRows: number): AsyncGenerator<string> {
  yield csvLine([
    'phone_number',
    'scope',
    'requested_at',
    'granted',
    'method',
    'reason',
    'original_message',
    'external_id',
    'tracking_id',
    'wording',
    'affirmative_action',
    'url',
    'ip',
    'user_agent',
  ]);
  for await (const row of pages<ConsentRow>((after) =>
    db.query(
      // Only the consents that a page needs are taken out of their standings.
      `SELECT standing.phone_number, standing.scope, change.change_id, change.requested_at,
              ARRAY(SELECT jsonb_array_elements_text(consent -> 'granted')) AS granted,
              -- What a list brought without a wording was the person's own text (import-row.ts).
              CASE WHEN method = 'import' AND disclosure_hash IS NULL THEN 'sms' ELSE method END AS method,
              cause AS reason, original_message, external_id, tracking_id, wording, affirmative_action, url, ip,
              user_agent
         FROM consent_standing AS standing
        CROSS JOIN LATERAL jsonb_array_elements(standing.consents) AS consent
         JOIN consent_change AS change ON change.change_id = (consent ->> 'changeId')::uuid
         LEFT JOIN consent_disclosure ON hash = disclosure_hash
        WHERE standing.status = 'opted_in' AND standing.phone_number LIKE '+%'
          AND (standing.phone_number, standing.scope) >= ($1, $2)
          AND (standing.phone_number, standing.scope, change.change_id) > ($1, $2, $3::uuid)
        ORDER BY standing.phone_number, standing.scope, change.change_id
        LIMIT $4`,
      [
        after?.phone_number ?? '',
        after?.scope ?? '',
        after?.change_id ?? '00000000-0000-0000-0000-000000000000',
        pageRows,
      ],
    ),
  )) {
    yield csvLine([
      row.phone_number,
      row.scope,
      row.requested_at.toISOString(),
      row.granted.join(';'),
      row.method,
      { text: row.reason },
      { text: row.original_message },
      { text: row.external_id },
      { text: row.tracking_id },
      { text: row.wording },
      { text: row.affirmative_action },
      { text: row.url },
      { text: row.ip },
      { text: row.user_agent },
    ]);
  }
}

/** Rows of page after page, each read after the last row of the one before. */
async function* pages<Row>(read: (after: Row | null) => Promise<{ rows: Row[] }>): AsyncGenerator<Row> {
  let last: Row | null = null;
  for (;;) {
    const { rows }: { rows: Row[] } = await read(last);
    yield* rows;
    last = rows.at(-1) ?? null;
    if (last === null) return;
  }
}
