import type { Queryable } from '#shared/postgres/pool.ts';
import { callOutcomes } from '#shared/voice/call-outcomes.ts';
import { bySureness } from './call-facts.ts';
import type { LogRow } from './row.ts';

/**
 * Writes what a batch knows of calls beside their rows of the message log: one statement, none where there is no call. A row
 * that is there already is merged with by the rule of `mergeCalls`, in SQL. Idempotent. To be called after the rows of the
 * log were written, whose locks make that nobody else does the same for one of them; when a call was made, and for which
 * campaign, is what stands there.
 */
export async function upsertCalls(db: Queryable, rows: readonly LogRow[]): Promise<void> {
  const calls = rows.flatMap(({ call, logId }) => (call === null ? [] : [{ ...call, logId }]));
  if (calls.length === 0) return;
  await db.query({
    name: 'upsert-call-log',
    text: UPSERT,
    values: [
      calls.map(({ logId }) => logId),
      calls.map(({ outcome }) => outcome),
      calls.map(({ answeredBy }) => answeredBy),
      calls.map(({ seconds }) => seconds),
      calls.map(({ price }) => price?.amount ?? null),
      calls.map(({ price }) => price?.currency ?? null),
      // Keys are one character each, and a backslash is none of them.
      calls.map(({ keys }) => keys.join('')),
      callOutcomes,
      bySureness,
    ],
  });
}

const UPSERT = `
INSERT INTO call_log AS log (log_id, outcome, answered_by, seconds, price, currency, keys, occurred_at, campaign_id)
SELECT log_id, outcome, answered_by, seconds, price, currency,
       CASE WHEN keys = '' THEN '{}' ELSE string_to_array(keys, NULL) END,
       message_log.occurred_at, message.campaign_id
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::integer[], $5::numeric[], $6::text[], $7::text[])
       AS call(log_id, outcome, answered_by, seconds, price, currency, keys)
  LEFT JOIN message_log USING (log_id)
  LEFT JOIN message USING (message_id)
ON CONFLICT (log_id) DO UPDATE SET
  outcome = (
    SELECT CASE WHEN outcome = 'machine' AND log.keys || excluded.keys <> '{}' THEN 'answered' ELSE outcome END
      FROM (SELECT CASE WHEN array_position($8::text[], excluded.outcome) > coalesce(array_position($8, log.outcome), 0)
                        THEN excluded.outcome ELSE log.outcome END AS outcome) AS later),
  answered_by = CASE WHEN array_position($9::text[], excluded.answered_by) > coalesce(array_position($9, log.answered_by), 0)
                     THEN excluded.answered_by ELSE log.answered_by END,
  seconds = greatest(log.seconds, excluded.seconds),
  price = CASE WHEN log.currency IS NULL OR excluded.currency COLLATE "C" > log.currency COLLATE "C"
               THEN coalesce(excluded.price, log.price)
               WHEN excluded.currency = log.currency THEN greatest(log.price, excluded.price)
               ELSE log.price END,
  currency = greatest(log.currency COLLATE "C", excluded.currency),
  occurred_at = coalesce(excluded.occurred_at, log.occurred_at),
  campaign_id = coalesce(excluded.campaign_id, log.campaign_id),
  keys = ARRAY(SELECT DISTINCT key COLLATE "C" FROM unnest(log.keys || excluded.keys) AS key ORDER BY 1)`;
