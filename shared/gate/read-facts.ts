import type { Consent, DoNotCallAnswer, Facts, Grant, ReassignedAnswer } from '#shared/compliance/facts.ts';
import { HOUR_MS } from '#shared/compliance/instant.ts';
import { type ConsentGrant, type ConsentStatus, WHOLE_SENDER } from '#shared/consent/change.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** What the gate judges a person by: everything but what depends on the single message. */
export type PersonFacts = Omit<Facts, 'sentForCause' | 'carrierConfirmed' | 'overtaken' | 'windowClosesAt'>;

/** Touches older than this are no fact of any cap. */
const TOUCHES_MS = 24 * HOUR_MS + 60_000;

interface Row {
  phone_number: string;
  time_zone: string | null;
  state: string | null;
  postal_code: string | null;
  /** Null: somebody was erased under a key that this service does not have. */
  suppressed: string[] | null;
  standings: StandingRow[];
  touched: number[];
  /** Null: no list says anything about the number's area. */
  list_date: number | null;
  listed: boolean;
  reassigned: ReassignedAnswer['answer'] | null;
  asked_on: number | null;
  answered_at: number | null;
}

interface StandingRow {
  scope: string;
  status: ConsentStatus;
  consents: { granted: ConsentGrant[]; givenAt: string }[];
}

/**
 * Reads what is known of these people, each named once, in one statement whatever their number. Each is looked up by the key
 * of what is read: a plan that reads a table for a batch would cost more with every person that is known. Their phones' rows are locked by the
 * caller, so that no STOP and no other claim comes between this and what is decided by it. `now`: business time. A
 * phone without a row is absent: nothing is known of it, and nothing may go. Somebody who was erased is still suppressed,
 * by the hash of their number.
 */
export async function readFacts(
  tx: Transaction,
  phones: readonly string[],
  now: Date,
  pseudonyms: Pseudonyms,
): Promise<Map<string, PersonFacts>> {
  const known = pseudonyms.namesOf(phones);
  const { rows } = await tx.query<Row>(
    `WITH list AS MATERIALIZED (
       SELECT list_id, list_date, prefixes FROM do_not_call_list
        WHERE completed_at IS NOT NULL ORDER BY list_date DESC, list_id DESC LIMIT 1),
     suppressed AS MATERIALIZED (
       SELECT named.phone_number, array_agg(DISTINCT scope) AS scopes
         FROM unnest($3::text[], $4::text[]) AS named(phone_number, name)
         CROSS JOIN LATERAL (SELECT scope FROM suppression WHERE suppression.phone_number = named.name OFFSET 0) AS known
        GROUP BY named.phone_number)
     SELECT phone.phone_number, phone.time_zone, phone.state, phone.postal_code,
            CASE WHEN NOT EXISTS (SELECT FROM erasure_key WHERE key_version <> ALL ($5))
                 THEN coalesce(suppressed.scopes, '{}') END AS suppressed,
            coalesce((SELECT json_agg(json_build_object('scope', scope, 'status', status, 'consents', consents))
                        FROM consent_standing
                       WHERE consent_standing.phone_number = phone.phone_number), '[]') AS standings,
            ARRAY(SELECT (extract(epoch FROM touched_at) * 1000)::float8 FROM attempt
                   WHERE attempt.phone_number = phone.phone_number AND touched_at > $2) AS touched,
            (extract(epoch FROM list.list_date) * 1000)::float8 AS list_date,
            coalesce((SELECT true FROM do_not_call_number AS each
                       WHERE each.list_id = list.list_id AND each.phone_number = phone.phone_number), false) AS listed,
            told.answer AS reassigned,
            (extract(epoch FROM told.asked_on) * 1000)::float8 AS asked_on,
            (extract(epoch FROM told.loaded_at) * 1000)::float8 AS answered_at
       FROM unnest($1::text[]) AS named(phone_number)
       CROSS JOIN LATERAL (
            SELECT phone_number, time_zone, state, postal_code FROM phone
             WHERE phone.phone_number = named.phone_number LIMIT 1) AS phone
       LEFT JOIN suppressed ON suppressed.phone_number = phone.phone_number
       LEFT JOIN list ON left(phone.phone_number, 5) = ANY (list.prefixes)
       LEFT JOIN LATERAL (
            SELECT answer, asked_on, loaded_at FROM reassigned_answer
             WHERE reassigned_answer.phone_number = phone.phone_number ORDER BY asked_on DESC LIMIT 1) AS told ON true`,
    [phones, new Date(now.getTime() - TOUCHES_MS), known.phones, known.names, pseudonyms.versions],
  );
  return new Map(rows.map((row) => [row.phone_number, factsOf(row)]));
}

const factsOf = (row: Row): PersonFacts => ({
  phoneNumber: row.phone_number,
  zone: row.time_zone,
  state: row.state,
  postalCode: row.postal_code,
  suppressions: row.suppressed?.map((scope) => ({ topic: topicOf(scope) })) ?? null,
  consent: consentOf(row.standings),
  marketingTouches: row.touched,
  doNotCall: doNotCallOf(row),
  reassigned: reassignedOf(row),
});

const doNotCallOf = ({ list_date, listed }: Row): DoNotCallAnswer | null =>
  list_date === null ? null : { listed, listDate: list_date };

/** A day that began in UTC ends everywhere within so long. */
const DAY_EVERYWHERE_MS = 36 * HOUR_MS;

/**
 * The day of a question is all that is known of its time. The stricter end counts: an answer grows old from the day's
 * beginning; consent is newer than a `yes` only when it came after the day's end, or after the answer was loaded.
 */
function reassignedOf({ reassigned, asked_on, answered_at }: Row): ReassignedAnswer | null {
  if (reassigned === null || asked_on === null || answered_at === null) return null;
  const askedAt = reassigned === 'yes' ? Math.min(asked_on + DAY_EVERYWHERE_MS, answered_at) : asked_on;
  return { answer: reassigned, askedAt };
}

const topicOf = (scope: string): string | null => (scope === WHOLE_SENDER ? null : scope);

/** A topic that was refused is a suppression of that topic, and says nothing about the others. */
function consentOf(standings: readonly StandingRow[]): Consent {
  const whole = standings.find(({ scope }) => scope === WHOLE_SENDER)?.status;
  const any = standings.some(({ status }) => status === 'opted_in');
  return { status: whole ?? (any ? 'opted_in' : 'none'), grants: standings.flatMap(grantsOf) };
}

function grantsOf({ scope, status, consents }: StandingRow): Grant[] {
  if (status !== 'opted_in') return [];
  return consents.map(({ granted, givenAt }) => ({
    topic: topicOf(scope),
    written: granted.includes('marketing_in_writing'),
    artificialVoice: granted.includes('artificial_voice'),
    givenAt: Date.parse(givenAt),
  }));
}
