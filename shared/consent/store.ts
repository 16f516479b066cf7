import { storable } from '#shared/contracts/storable-text.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import {
  type ConsentChange,
  type ConsentChannel,
  type ConsentEvidence,
  type ConsentGrant,
  type ConsentMethod,
  type ConsentStatus,
  type ReversalReason,
  wordingHash,
} from './change.ts';
import type { Effect, Standing, Standings } from './standing.ts';

/** SQL of consent. Everything that writes is called with the phones' rows locked. */

/**
 * Keeps the wordings that changes refer to, and returns their hashes: a list of a million consents has one or two of
 * them.
 */
async function keepWordings(
  tx: Transaction,
  changes: readonly ConsentChange[],
): Promise<ReadonlyMap<string, string>> {
  const wordings = new Set(changes.flatMap(({ evidence }) => evidence?.wording ?? []));
  const hashes = new Map([...wordings].map((wording) => [wording, wordingHash(wording)]));
  if (hashes.size === 0) return hashes;
  await tx.query(
    `INSERT INTO consent_disclosure (hash, wording) SELECT * FROM unnest($1::text[], $2::text[])
     ON CONFLICT DO NOTHING`,
    [[...hashes.values()], [...hashes.keys()]],
  );
  return hashes;
}

/** Appends changes in this order. Returns the ids of those that are new; the others had their effect before. */
export async function appendChanges(
  tx: Transaction,
  changes: readonly ConsentChange[],
): Promise<ReadonlySet<string>> {
  const hashes = await keepWordings(tx, changes);
  // A column of which nothing is said, as most are in a list, is unnested as NULL.
  const column = (of: (change: ConsentChange) => string | boolean | null) => {
    const values = changes.map(of);
    return values.some((value) => value !== null) ? values : null;
  };
  const evidence = (name: keyof ConsentEvidence) => column((change) => change.evidence?.[name] ?? null);
  const { rows } = await tx.query<{ change_id: string }>(
    `INSERT INTO consent_change
       (change_id, phone_number, status, method, scope, channels, granted, requested_at, deadline, found_late,
        original_message, cause, rule, disclosure_hash, affirmative_action, url, ip, user_agent, actor, external_id,
        tracking_id, reverses, reversal_reason)
     SELECT change_id, phone_number, status, method, scope, channels::text[], granted::text[], requested_at, deadline,
            found_late, original_message, cause, rule, disclosure_hash, affirmative_action, url, ip, user_agent, actor,
            external_id, tracking_id, reverses, reversal_reason
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                   $8::timestamptz[], $9::date[], $10::boolean[], $11::text[], $12::text[], $13::text[], $14::text[],
                   $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[],
                   $22::uuid[], $23::text[])
            WITH ORDINALITY
            AS said(change_id, phone_number, status, method, scope, channels, granted, requested_at, deadline,
                    found_late, original_message, cause, rule, disclosure_hash, affirmative_action, url, ip,
                    user_agent, actor, external_id, tracking_id, reverses, reversal_reason, place)
      ORDER BY place
     ON CONFLICT (change_id) DO NOTHING
     RETURNING change_id`,
    [
      column(({ changeId }) => changeId),
      column(({ phoneNumber }) => phoneNumber),
      column(({ status }) => status),
      column(({ method }) => method),
      column(({ scope }) => scope),
      column(({ channels }) => wordsOf(channels)),
      column(({ granted }) => wordsOf(granted)),
      column(({ requestedAt }) => requestedAt.toISOString()),
      column(({ deadline }) => deadline),
      column(({ foundLate }) => foundLate),
      column(({ originalMessage }) => (originalMessage === null ? null : storable(originalMessage))),
      column(({ cause }) => cause),
      column(({ rule }) => rule),
      column((change) => hashes.get(change.evidence?.wording ?? '') ?? null),
      evidence('affirmativeAction'),
      evidence('url'),
      evidence('ip'),
      evidence('userAgent'),
      column(({ actor }) => actor),
      column(({ externalId }) => externalId),
      column(({ trackingId }) => trackingId),
      column(({ reverses }) => reverses?.changeId ?? null),
      column(({ reverses }) => reverses?.reason ?? null),
    ],
  );
  return new Set(rows.map((row) => row.change_id));
}

/** An array in the text form of PostgreSQL, of words that need no quotes there; `unnest` takes no arrays of arrays. */
const wordsOf = (words: readonly (ConsentChannel | ConsentGrant)[]): string => `{${words.join(',')}}`;

interface StandingRow {
  phone_number: string;
  /** The number, or the hash under which an erased person's rows were kept. */
  name: string;
  scope: string;
  status: ConsentStatus;
  consents: { changeId: string; granted: ConsentGrant[]; givenAt: string }[];
  change_id: string;
  requested_at: Date;
  revoked_at: Date | null;
  deadline: string | null;
}

/**
 * Where these phones stand. A phone without any history is absent. Of somebody who was erased and of whom nothing is on
 * record since, what the rows under their hash say: what they stopped stays so, and what they had granted is gone.
 */
export async function readStandings(
  db: Queryable,
  phones: readonly string[],
  pseudonyms: Pseudonyms,
): Promise<Map<string, Standings>> {
  const known = pseudonyms.namesOf(phones);
  const { rows } = await db.query<StandingRow>(
    `SELECT named.phone_number, name, scope, status, consents, change_id, requested_at, revoked_at, deadline::text
       FROM unnest($1::text[], $2::text[]) AS named(phone_number, name)
       JOIN consent_standing ON consent_standing.phone_number = named.name
      ORDER BY named.phone_number, scope, requested_at`,
    [known.phones, known.names],
  );
  const current = new Set(rows.flatMap(({ name, phone_number }) => (name === phone_number ? [name] : [])));
  const found = new Map<string, Map<string, Standing>>();
  for (const row of rows) {
    const isErased = row.name !== row.phone_number;
    if (isErased && current.has(row.phone_number)) continue;
    const standings = found.get(row.phone_number) ?? new Map<string, Standing>();
    standings.set(row.scope, {
      status: row.status,
      consents: (isErased ? [] : row.consents).map((consent) => ({
        ...consent,
        givenAt: new Date(consent.givenAt),
      })),
      changeId: row.change_id,
      requestedAt: row.requested_at,
      revokedAt: row.revoked_at,
      deadline: row.deadline,
    });
    found.set(row.phone_number, standings);
  }
  return found;
}

/** Whether a revocation of this phone was recorded so shortly ago, and the change itself is not in the history. The phone's row is locked. */
export async function isJustRevoked(
  tx: Transaction,
  { changeId, phoneNumber }: ConsentChange,
  { withinMs }: { withinMs: number },
  pseudonyms: Pseudonyms,
): Promise<boolean> {
  const { rows } = await tx.query<{ revoked: boolean }>(
    `SELECT EXISTS (SELECT FROM consent_change
                     WHERE phone_number = ANY ($1) AND status <> 'opted_in'
                       AND recorded_at > clock_timestamp() - $2 * interval '1 millisecond')
            AND NOT EXISTS (SELECT FROM consent_change WHERE change_id = $3) AS revoked`,
    [[phoneNumber, ...pseudonyms.allOf(phoneNumber)], withinMs, changeId],
  );
  return rows[0]?.revoked === true;
}

/** The newest opt-in of each of these phones, reversals included: what lifted whatever of theirs was lifted last. */
export async function readNewestOptIns(
  db: Queryable,
  phones: readonly string[],
  pseudonyms: Pseudonyms,
): Promise<Map<string, string>> {
  const known = pseudonyms.namesOf(phones);
  const { rows } = await db.query<{ phone_number: string; change_id: string }>(
    `SELECT DISTINCT ON (named.phone_number) named.phone_number, change_id
       FROM unnest($1::text[], $2::text[]) AS named(phone_number, name)
       JOIN consent_change ON consent_change.phone_number = named.name
      WHERE status = 'opted_in'
      ORDER BY named.phone_number, position DESC`,
    [known.phones, known.names],
  );
  return new Map(rows.map((row) => [row.phone_number, row.change_id]));
}

interface EffectRow {
  phone_number: string;
  name: string;
  change_id: string;
  status: ConsentStatus;
  method: ConsentMethod;
  scope: string;
  granted: ConsentGrant[];
  requested_at: Date;
  deadline: string | null;
  found_late: boolean;
  reverses: string | null;
  reversal_reason: ReversalReason | null;
}

/**
 * The whole history of these phones, in order: what their standings are the fold of. It begins with what was on record
 * of somebody who was erased, without what they had granted.
 */
export async function readEffects(
  db: Queryable,
  phones: readonly string[],
  pseudonyms: Pseudonyms,
): Promise<Map<string, Effect[]>> {
  const known = pseudonyms.namesOf(phones);
  const { rows } = await db.query<EffectRow>(
    `SELECT named.phone_number, name, change_id, status, method, scope, granted, requested_at, deadline::text,
            found_late, reverses, reversal_reason
       FROM unnest($1::text[], $2::text[]) AS named(phone_number, name)
       JOIN consent_change ON consent_change.phone_number = named.name
      ORDER BY named.phone_number, position`,
    [known.phones, known.names],
  );
  const histories = new Map<string, Effect[]>();
  for (const row of rows) {
    const history = histories.get(row.phone_number) ?? [];
    history.push(effectOf(row));
    histories.set(row.phone_number, history);
  }
  return histories;
}

const effectOf = (row: EffectRow): Effect => ({
  changeId: row.change_id,
  status: row.status,
  method: row.method,
  scope: row.scope,
  granted: row.name === row.phone_number ? row.granted : [],
  requestedAt: row.requested_at,
  deadline: row.deadline,
  foundLate: row.found_late,
  reverses:
    row.reverses === null || row.reversal_reason === null
      ? null
      : { changeId: row.reverses, reason: row.reversal_reason },
});

/** Replaces where phones stand. Scopes that are not given stay, but those of `whole` phones. */
export async function writeStandings(
  tx: Transaction,
  standings: ReadonlyMap<string, Standings>,
  whole: readonly string[],
): Promise<void> {
  if (whole.length > 0) await tx.query('DELETE FROM consent_standing WHERE phone_number = ANY ($1)', [whole]);
  const rows = [...standings].flatMap(([phoneNumber, scopes]) =>
    [...scopes].map(([scope, standing]) => ({ phoneNumber, scope, standing })),
  );
  await tx.query(
    `INSERT INTO consent_standing
       (phone_number, scope, status, consents, change_id, requested_at, revoked_at, deadline)
     SELECT phone_number, scope, status, consents, change_id, requested_at, revoked_at, deadline
       FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::uuid[], $6::timestamptz[], $7::timestamptz[],
                   $8::date[])
            AS standing(phone_number, scope, status, consents, change_id, requested_at, revoked_at, deadline)
     ON CONFLICT (phone_number, scope) DO UPDATE
        SET status = excluded.status, consents = excluded.consents, change_id = excluded.change_id,
            requested_at = excluded.requested_at, revoked_at = excluded.revoked_at, deadline = excluded.deadline`,
    [
      rows.map(({ phoneNumber }) => phoneNumber),
      rows.map(({ scope }) => scope),
      rows.map(({ standing }) => standing.status),
      rows.map(({ standing }) => JSON.stringify(standing.consents)),
      rows.map(({ standing }) => standing.changeId),
      rows.map(({ standing }) => standing.requestedAt.toISOString()),
      rows.map(({ standing }) => standing.revokedAt?.toISOString() ?? null),
      rows.map(({ standing }) => standing.deadline),
    ],
  );
}
