import type { Queryable } from '#shared/postgres/pool.ts';
import { type Entry, inOrder, withDelays } from './entry.ts';

/**
 * Everything on record between us and one person, by the names under which it may stand (the number, and hashes of it), in
 * order. One statement per kind; rows become entries in the database,
 * so that what is hashed is what stands there.
 */
export async function collectEvidence(db: Queryable, names: readonly string[]): Promise<Entry[]> {
  const found: Entry[] = [];
  for (const statement of STATEMENTS) {
    const { rows } = await db.query<{ entry: Entry }>(statement, [names]);
    found.push(...rows.map(({ entry }) => entry));
  }
  return withDelays(inOrder(found));
}

/** An instant as ISO 8601 in UTC with milliseconds, as everywhere in our records. */
const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;
const iso = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', ${ISO})`;

const CONSENT = `
  SELECT jsonb_build_object(
           'kind', 'consent', 'at', ${iso('requested_at')}, 'id', change_id, 'position', position, 'recordedAt', ${iso('recorded_at')},
           'status', status, 'method', method, 'scope', scope, 'channels', channels, 'granted', granted,
           'deadline', deadline, 'originalMessage', original_message, 'cause', cause, 'rule', rule,
           'wording', wording, 'wordingSha256', disclosure_hash, 'affirmativeAction', affirmative_action,
           'url', url, 'ip', ip, 'userAgent', user_agent, 'actor', actor, 'externalId', external_id,
           'trackingId', tracking_id, 'reverses', reverses, 'reversalReason', reversal_reason) AS entry
    FROM consent_change LEFT JOIN consent_disclosure ON hash = disclosure_hash
   WHERE phone_number = ANY ($1)`;

const TEXTS = `
  SELECT jsonb_build_object(
           'kind', 'text_received', 'at', ${iso('coalesce(occurred_at, first_seen_at)')}, 'id', log_id,
           'body', coalesce(body, ''), 'to', our_number, 'carrier', carrier,
           'carrierMessageId', carrier_message_id) AS entry
    FROM message_log
   WHERE phone_number = ANY ($1) AND direction = 'inbound'`;

const MESSAGES = `
  SELECT jsonb_build_object(
           'kind', 'message', 'at', ${iso('created_at')}, 'id', message.message_id, 'position', ordinal, 'channel', message.channel,
           'intent', intent,
           'from', sender_number, 'body', body, 'mediaUrls', media_urls, 'state', state, 'rule', rule,
           'attempts', coalesce(tries.attempts, '[]'), 'afterRevocationMs', NULL, 'late', false) AS entry
    FROM message
    LEFT JOIN LATERAL (
      SELECT jsonb_agg(jsonb_build_object(
               'startedAt', ${iso('posted_at')}, 'state', attempt.state, 'carrier', attempt.carrier,
               'carrierMessageId', attempt.carrier_message_id,
               'errorCode', coalesce(attempt.error_code, log.error_code),
               'status', log.status, 'statusAt', ${iso('log.status_at')},
               'call', CASE WHEN call_log.log_id IS NOT NULL THEN jsonb_build_object(
                         'outcome', call_log.outcome, 'answeredBy', call_log.answered_by, 'seconds', call_log.seconds,
                         'keys', to_jsonb(call_log.keys)) END) ORDER BY posted_at) AS attempts
        FROM attempt LEFT JOIN message_log AS log ON log.attempt_id = attempt.attempt_id
        LEFT JOIN call_log ON call_log.log_id = log.log_id
       WHERE attempt.message_id = message.message_id) AS tries ON true
   WHERE phone_number = ANY ($1)`;

const DECISIONS = `
  SELECT jsonb_build_object(
           'kind', 'decision', 'at', ${iso('decided_at')}, 'id', decision_id, 'position', position, 'messageId', message_id,
           'verdict', verdict, 'rule', rule, 'rulesVersion', rules_version, 'until', ${iso('until')},
           'inputsSha256', inputs_hash, 'inputs', inputs) AS entry
    FROM decision LEFT JOIN decision_inputs ON hash = inputs_hash
   WHERE phone_number = ANY ($1)`;

const REVIEWS = `
  SELECT jsonb_build_object(
           'kind', 'review', 'at', ${iso('opened_at')}, 'id', review_id, 'originalMessage', original_message,
           'rule', rule, 'suppressed', change_id IS NOT NULL, 'deadline', deadline, 'outcome', outcome,
           'resolvedAt', ${iso('resolved_at')}, 'resolvedBy', resolved_by, 'reason', reason) AS entry
    FROM consent_review
   WHERE phone_number = ANY ($1)`;

/** Of the lists whose numbers are still kept: the one in force, and any that has not been emptied since. */
const DO_NOT_CALL = `
  SELECT jsonb_build_object(
           'kind', 'do_not_call', 'at', ${iso('completed_at')}, 'id', list.list_id::text,
           'listDate', list_date, 'listed', each.phone_number IS NOT NULL, 'loadedBy', loaded_by,
           'sources', sources) AS entry
    FROM unnest($1::text[]) AS name
    JOIN do_not_call_list AS list ON left(name, 5) = ANY (list.prefixes)
    LEFT JOIN do_not_call_number AS each ON each.list_id = list.list_id AND each.phone_number = name
   WHERE completed_at IS NOT NULL AND emptied_at IS NULL`;

const REASSIGNED = `
  SELECT jsonb_build_object(
           'kind', 'reassigned', 'at', ${iso('loaded_at')}, 'id', 'asked on ' || asked_on,
           'askedOn', asked_on, 'askedAbout', asked_about, 'answer', answer) AS entry
    FROM reassigned_answer
   WHERE phone_number = ANY ($1)`;

const ERASURES = `
  SELECT jsonb_build_object(
           'kind', 'erasure', 'at', ${iso('erased_at')}, 'id', pseudonym, 'by', erased_by, 'reason', reason,
           'complete', completed_at IS NOT NULL) AS entry
    FROM erased_phone
   WHERE pseudonym = ANY ($1)`;

const STATEMENTS = [CONSENT, TEXTS, MESSAGES, DECISIONS, REVIEWS, DO_NOT_CALL, REASSIGNED, ERASURES];
