import { IS_NUMBER } from '#shared/campaigns/look-up.ts';
import { NEW_RULE, NEW_STATE } from '#shared/campaigns/take-back.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { streamConsumers } from '#shared/topology.ts';
import { countOf, eraseFaults, eraseRows, faultsOfPerson, HAS_ROWS, rowsOfPerson } from './files.ts';
import type { Pseudonym } from './pseudonyms.ts';

/** Whose rows, and under which name they stand from now on. */
export interface Who {
  phone: string;
  pseudonym: Pseudonym;
}

/** How a number stands in the text of a record, however it is written there: without "+", or "+1". */
export const digitsOf = (phone: string): string => phone.replace(/^\+1?/, '');

/** What one statement changes of a table, at most `limit` rows at a time. */
export interface Step {
  table: string;
  /** How many rows are left. */
  count(tx: Pick<Transaction, 'query'>, phone: string): Promise<number>;
  /** Returns how many rows were changed; 0: none are left. The phone's row is locked. */
  erase(tx: Transaction, who: Who, limit: number): Promise<number>;
}

const counting =
  (text: string) =>
  async (tx: Pick<Transaction, 'query'>, phone: string): Promise<number> => {
    const { rows } = await tx.query<{ count: number }>(text, [phone]);
    return rows[0]?.count ?? 0;
  };

const changing =
  (text: string) =>
  async (tx: Transaction, { phone, pseudonym }: Who, limit: number): Promise<number> => {
    const { rowCount } = await tx.query(text, [phone, pseudonym, limit]);
    return rowCount ?? 0;
  };

/**
 * What grows with every message: erased some rows at a time. Rows stay, so that what was counted from them is still what
 * they add up to; those of deliveries go, which nothing is counted from.
 */
export const longSteps: readonly Step[] = [
  {
    table: 'message',
    count: counting('SELECT count(*)::int AS count FROM message WHERE phone_number = $1'),
    // With its attempts, which have no other index. Ordinals go on behind those of an erasure before.
    erase: changing(
      `WITH part AS MATERIALIZED (
         SELECT message_id, row_number() OVER (ORDER BY ordinal) AS place
           FROM (SELECT message_id, ordinal FROM message WHERE phone_number = $1 ORDER BY ordinal LIMIT $3) AS first),
       reserved AS (
         UPDATE phone SET last_ordinal = last_ordinal + (SELECT count(*) FROM part)
          WHERE phone_number = $2 RETURNING last_ordinal - (SELECT count(*) FROM part) AS before),
       requests AS (
         UPDATE attempt SET phone_number = $2 FROM part WHERE attempt.message_id = part.message_id)
       UPDATE message
          SET phone_number = $2, ordinal = reserved.before + part.place, body = '', media_urls = '{}', call = NULL, template = NULL
         FROM part, reserved
        WHERE message.message_id = part.message_id`,
    ),
  },
  {
    table: 'message_log',
    count: counting('SELECT count(*)::int AS count FROM message_log WHERE phone_number = $1'),
    erase: changing(
      `WITH part AS MATERIALIZED (
         SELECT log_id FROM message_log WHERE phone_number = $1 LIMIT $3),
       calls AS (
         UPDATE call_log SET keys = '{}' FROM part WHERE call_log.log_id = part.log_id)
       UPDATE message_log
          SET phone_number = $2, body = CASE WHEN body IS NOT NULL THEN '' END, media_urls = '{}'
         FROM part
        WHERE message_log.log_id = part.log_id`,
    ),
  },
  {
    table: 'reply',
    count: counting('SELECT count(*)::int AS count FROM reply WHERE phone_number = $1'),
    // Nobody has to look at them any more.
    erase: changing(
      `UPDATE reply
          SET phone_number = $2, body = '', media_urls = '{}', keyword = NULL, read_at = coalesce(read_at, received_at),
              answered_at = coalesce(answered_at, received_at), untold_at = NULL
        WHERE reply_id IN (SELECT reply_id FROM reply WHERE phone_number = $1 LIMIT $3)`,
    ),
  },
  {
    table: 'agent_answer',
    count: counting('SELECT count(*)::int AS count FROM agent_answer WHERE phone_number = $1'),
    // What the agent still has of them it has no more.
    erase: changing(
      `UPDATE agent_answer
          SET phone_number = $2, input = NULL, output = NULL, body = NULL, due_at = NULL, claim = NULL, claimed_until = NULL,
              reason = CASE WHEN state IN ('due', 'drafted') THEN 'erased' ELSE reason END,
              state = CASE WHEN state IN ('due', 'drafted') THEN 'overtaken' ELSE state END
        WHERE reply_id IN (SELECT reply_id FROM agent_answer WHERE phone_number = $1 LIMIT $3)`,
    ),
  },
  {
    table: 'decision',
    count: counting('SELECT count(*)::int AS count FROM decision WHERE phone_number = $1'),
    erase: changing(
      `UPDATE decision SET phone_number = $2
        WHERE (decision_id, decided_at) IN
              (SELECT decision_id, decided_at FROM decision WHERE phone_number = $1 LIMIT $3)`,
    ),
  },
  {
    table: 'dialog_event_batch',
    count: counting('SELECT count(*)::int AS count FROM dialog_event_batch WHERE phone_number = $1'),
    erase: changing(
      `UPDATE dialog_event_batch
          SET phone_number = $2,
              batch = json_build_object(
                'erased', true, 'programmeSlug', batch -> 'programmeSlug',
                'events', (SELECT json_agg(json_build_object('type', event -> 'type', 'occurredAt', event -> 'occurredAt'))
                             FROM json_array_elements(batch -> 'events') AS event))
        WHERE phone_number = $1
          AND version IN (SELECT version FROM dialog_event_batch WHERE phone_number = $1 ORDER BY version LIMIT $3)`,
    ),
  },
  {
    table: 'short_link',
    count: counting('SELECT count(*)::int AS count FROM short_link WHERE phone_number = $1'),
    // What they followed stays counted; where it led may have said who they are.
    erase: changing(
      `UPDATE short_link SET phone_number = $2, url = NULL
        WHERE token IN (SELECT token FROM short_link WHERE phone_number = $1 LIMIT $3)`,
    ),
  },
  {
    table: 'webhook_delivery',
    count: counting('SELECT count(*)::int AS count FROM webhook_delivery WHERE phone_number = $1'),
    // Also what is on its way at this moment: whatever becomes of it is not recorded.
    erase: async (tx, { phone }, limit) => {
      const { rowCount } = await tx.query(
        `DELETE FROM webhook_delivery WHERE position IN
           (SELECT position FROM webhook_delivery WHERE phone_number = $1 LIMIT $2)`,
        [phone, limit],
      );
      return rowCount ?? 0;
    },
  },
];

/** By the key, which begins with the import. */
const IS_STAGED = `import_id IN (SELECT import_id FROM contact_import WHERE ${HAS_ROWS}) AND phone_number = $1`;

/** Of a record that was set aside: where a number may stand. */
const TEXT_OF_RECORD = 'concat(partition_key, body, reason, settled_reason)';

/** Entries about a person, and those about records of theirs that were set aside; what is said there is `reason`, and was `why`. */
const IS_AUDIT_OF = `(subject_id = $1 OR before ->> 'phoneNumber' = $1 OR after ->> 'phoneNumber' = $1
           OR subject = 'dead-letter' AND subject_id IN
              (SELECT id::text FROM quarantined_record WHERE position($2 IN ${TEXT_OF_RECORD}) > 0))`;

/** A handful of rows per person, or a table that is small: erased at once, in the transaction that ends an erasure. */
export const shortSteps: readonly Step[] = [
  {
    table: 'number_fault',
    count: counting('SELECT count(*)::int AS count FROM number_fault WHERE phone_number = $1'),
    erase: async (tx, who) =>
      changed(tx, 'UPDATE number_fault SET phone_number = $2 WHERE phone_number = $1', who),
  },
  {
    table: 'drill_progress',
    count: counting('SELECT count(*)::int AS count FROM drill_progress WHERE phone_number = $1'),
    erase: async (tx, who) => {
      // Somebody who took part again after an erasure: the newer one stays.
      await tx.query(
        `DELETE FROM drill_progress AS earlier USING drill_progress AS later
          WHERE earlier.phone_number = $2 AND later.phone_number = $1
            AND earlier.programme_slug = later.programme_slug AND earlier.drill_slug = later.drill_slug`,
        [who.phone, who.pseudonym],
      );
      return changed(tx, 'UPDATE drill_progress SET phone_number = $2 WHERE phone_number = $1', who);
    },
  },
  {
    // Nothing is due for them any more.
    table: 'participant',
    count: counting('SELECT count(*)::int AS count FROM participant WHERE phone_number = $1'),
    erase: async (tx, { phone }) => {
      const { rowCount } = await tx.query('DELETE FROM participant WHERE phone_number = $1', [phone]);
      return rowCount ?? 0;
    },
  },
  {
    // One in flight is one that was not answered to its end.
    table: 'drill_instance',
    count: counting('SELECT count(*)::int AS count FROM drill_instance WHERE phone_number = $1'),
    erase: async (tx, { phone }) => {
      // As the consumer that writes reports: drills first, then the rows of reports by their keys, those of the next step too.
      await tx.query('SELECT FROM drill_instance WHERE phone_number = $1 FOR UPDATE', [phone]);
      await tx.query(
        `SELECT FROM drill_report
          WHERE (programme_slug, drill_slug, drill_version, language, prompt_slug) IN
                (SELECT programme_slug, drill_slug, drill_version, language, prompt_slug
                   FROM drill_wrong_answer WHERE only_phone = $1
                  UNION
                 SELECT programme_slug, drill_slug, drill_version, language, prompt_slug
                   FROM drill_instance WHERE phone_number = $1 AND ended_at IS NULL)
          ORDER BY programme_slug, drill_slug, drill_version, language, prompt_slug FOR UPDATE`,
        [phone],
      );
      const { rows } = await tx.query<{ count: number }>(
        `WITH gone AS (DELETE FROM drill_instance WHERE phone_number = $1 RETURNING *),
              dropped AS (
                UPDATE drill_report AS report SET dropped_erased = dropped_erased + 1
                  FROM gone
                 WHERE gone.ended_at IS NULL
                   AND (report.programme_slug, report.drill_slug, report.drill_version, report.language, report.prompt_slug)
                     = (gone.programme_slug, gone.drill_slug, gone.drill_version, gone.language, gone.prompt_slug))
         SELECT count(*)::int AS count FROM gone`,
        [phone],
      );
      return rows[0]?.count ?? 0;
    },
  },
  {
    // Words that nobody else wrote; they are counted with those that are not listed.
    table: 'drill_wrong_answer',
    count: counting('SELECT count(*)::int AS count FROM drill_wrong_answer WHERE only_phone = $1'),
    erase: async (tx, { phone }) => {
      const { rows } = await tx.query<{ count: number }>(
        `WITH gone AS (DELETE FROM drill_wrong_answer WHERE only_phone = $1 RETURNING *),
              kept AS (
                INSERT INTO drill_wrong_answer AS rest
                       (programme_slug, drill_slug, drill_version, language, prompt_slug, answer, count)
                SELECT programme_slug, drill_slug, drill_version, language, prompt_slug, '', sum(count) FROM gone
                 GROUP BY programme_slug, drill_slug, drill_version, language, prompt_slug
                ON CONFLICT (programme_slug, drill_slug, drill_version, language, prompt_slug, answer) DO UPDATE
                   SET count = rest.count + excluded.count)
         SELECT count(*)::int AS count FROM gone`,
        [phone],
      );
      return rows[0]?.count ?? 0;
    },
  },
  {
    table: 'reassigned_answer',
    count: counting('SELECT count(*)::int AS count FROM reassigned_answer WHERE phone_number = $1'),
    erase: async (tx, who) => {
      await tx.query(
        `DELETE FROM reassigned_answer AS earlier USING reassigned_answer AS later
          WHERE earlier.phone_number = $2 AND later.phone_number = $1 AND earlier.asked_on = later.asked_on`,
        [who.phone, who.pseudonym],
      );
      return changed(tx, 'UPDATE reassigned_answer SET phone_number = $2 WHERE phone_number = $1', who);
    },
  },
  {
    table: 'consent_change',
    count: counting('SELECT count(*)::int AS count FROM consent_change WHERE phone_number = $1'),
    erase: async (tx, who) =>
      changed(
        tx,
        `UPDATE consent_change
            SET phone_number = $2, original_message = NULL, affirmative_action = NULL, url = NULL, ip = NULL,
                user_agent = NULL, external_id = NULL, tracking_id = NULL,
                cause = CASE WHEN method IN ('sms', 'carrier') AND actor IS NULL THEN cause ELSE 'erased' END
          WHERE phone_number = $1`,
        who,
      ),
  },
  {
    table: 'consent_standing',
    count: counting('SELECT count(*)::int AS count FROM consent_standing WHERE phone_number = $1'),
    erase: async (tx, who) => {
      // Where they stood last is what counts; of an erasure before, it began with that.
      await tx.query(
        `DELETE FROM consent_standing
          WHERE phone_number = $2 AND EXISTS (SELECT FROM consent_standing WHERE phone_number = $1)`,
        [who.phone, who.pseudonym],
      );
      return changed(tx, 'UPDATE consent_standing SET phone_number = $2 WHERE phone_number = $1', who);
    },
  },
  {
    table: 'suppression',
    count: counting('SELECT count(*)::int AS count FROM suppression WHERE phone_number = $1'),
    erase: async (tx, who) => {
      await tx.query(
        `DELETE FROM suppression AS earlier USING suppression AS later
          WHERE earlier.phone_number = $2 AND later.phone_number = $1 AND earlier.scope = later.scope`,
        [who.phone, who.pseudonym],
      );
      return changed(
        tx,
        `UPDATE suppression SET phone_number = $2, reason = 'erased' WHERE phone_number = $1`,
        who,
      );
    },
  },
  {
    table: 'consent_word_seen',
    count: counting('SELECT count(*)::int AS count FROM consent_word_seen WHERE phone_number = $1'),
    erase: async (tx, who) =>
      changed(tx, 'UPDATE consent_word_seen SET phone_number = $2 WHERE phone_number = $1', who),
  },
  {
    table: 'consent_review',
    count: counting('SELECT count(*)::int AS count FROM consent_review WHERE phone_number = $1'),
    // A text that nobody has judged cannot be judged any more.
    erase: async (tx, who) =>
      changed(
        tx,
        `UPDATE consent_review
            SET phone_number = $2, original_message = '', outcome = coalesce(outcome, 'kept'),
                resolved_at = coalesce(resolved_at, clock_timestamp()),
                resolved_by = coalesce(resolved_by, 'erasure'), reason = 'erased'
          WHERE phone_number = $1`,
        who,
      ),
  },
  {
    // Before the records that were set aside, by which their settling is found: an entry of that has no number.
    table: 'audit_entry',
    count: async (tx, phone) => {
      const { rows } = await tx.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM audit_entry WHERE ${IS_AUDIT_OF}`,
        [phone, digitsOf(phone)],
      );
      return rows[0]?.count ?? 0;
    },
    erase: async (tx, { phone, pseudonym }) => {
      const { rowCount } = await tx.query(
        `UPDATE audit_entry
            SET subject_id = CASE WHEN subject_id = $1 THEN $3 ELSE subject_id END,
                before = CASE WHEN before ? 'phoneNumber'
                              THEN before || jsonb_build_object('phoneNumber', $3::text) ELSE before END,
                after = (CASE WHEN after ? 'phoneNumber'
                              THEN after || jsonb_build_object('phoneNumber', $3::text) ELSE after END)
                        || CASE WHEN after ? 'reason' THEN '{"reason":"erased"}'::jsonb ELSE '{}' END
                        || CASE WHEN after ? 'why' THEN '{"why":"erased"}'::jsonb ELSE '{}' END
          WHERE ${IS_AUDIT_OF}`,
        [phone, digitsOf(phone), pseudonym],
      );
      return rowCount ?? 0;
    },
  },
  {
    table: 'quarantined_record',
    count: (tx, phone) =>
      counting(
        `SELECT count(*)::int AS count FROM quarantined_record WHERE position($1 IN ${TEXT_OF_RECORD}) > 0`,
      )(tx, digitsOf(phone)),
    erase: async (tx, { phone, pseudonym }) => {
      const { rowCount } = await tx.query(
        `UPDATE quarantined_record
            SET partition_key = CASE WHEN position($1 IN partition_key) > 0 THEN $2 ELSE partition_key END,
                body = '{}', reason = 'erased', settled_reason = NULL,
                state = CASE WHEN state IN ('quarantined', 'parked') THEN 'discarded' ELSE state END,
                settled_at = coalesce(settled_at, clock_timestamp()), settled_by = coalesce(settled_by, 'erasure')
          WHERE position($1 IN ${TEXT_OF_RECORD}) > 0`,
        [digitsOf(phone), pseudonym],
      );
      return rowCount ?? 0;
    },
  },
  {
    table: 'api_reply',
    count: (tx, phone) =>
      counting('SELECT count(*)::int AS count FROM api_reply WHERE position($1 IN reply::text) > 0')(
        tx,
        digitsOf(phone),
      ),
    erase: async (tx, { phone }) => {
      const { rowCount } = await tx.query('DELETE FROM api_reply WHERE position($1 IN reply::text) > 0', [
        digitsOf(phone),
      ]);
      return rowCount ?? 0;
    },
  },
  {
    table: 'import_row',
    count: async (tx, phone) => countOf(rowsOfPerson(tx, phone)),
    erase: async (tx, { phone }) => eraseRows(tx, phone),
  },
  {
    // Before contacts: an import that takes the row in at this moment has it locked, and what it made is found after it.
    // The import counts whom it did not find by the fault that is left.
    table: 'import_contact',
    count: counting(`SELECT count(*)::int AS count FROM import_contact WHERE ${IS_STAGED}`),
    erase: async (tx, { phone }) => {
      const { rows } = await tx.query<{ count: number }>(
        `WITH gone AS (DELETE FROM import_contact WHERE ${IS_STAGED} RETURNING import_id, row_number),
         told AS (
           INSERT INTO import_fault (import_id, row_number, place, reason)
           SELECT import_id, row_number, -2, 'is of somebody who was erased' FROM gone)
         SELECT count(*)::int AS count FROM gone`,
        [phone],
      );
      return rows[0]?.count ?? 0;
    },
  },
  {
    table: 'import_fault',
    count: async (tx, phone) => countOf(faultsOfPerson(tx, phone)),
    erase: eraseFaults,
  },
  {
    table: 'inbound_part',
    count: counting('SELECT count(*)::int AS count FROM inbound_part WHERE phone_number = $1'),
    erase: async (tx, { phone }) => {
      const { rowCount } = await tx.query('DELETE FROM inbound_part WHERE phone_number = $1', [phone]);
      return rowCount ?? 0;
    },
  },
  {
    // With its notes, and with who answered.
    table: 'conversation',
    count: counting('SELECT count(*)::int AS count FROM conversation WHERE phone_number = $1'),
    erase: async (tx, { phone }) => {
      const { rowCount } = await tx.query('DELETE FROM conversation WHERE phone_number = $1', [phone]);
      return rowCount ?? 0;
    },
  },
  {
    table: 'contact_news',
    count: counting('SELECT count(*)::int AS count FROM contact_news WHERE phone_number = $1'),
    erase: async (tx, { phone }) => {
      const { rowCount } = await tx.query('DELETE FROM contact_news WHERE phone_number = $1', [phone]);
      return rowCount ?? 0;
    },
  },
  {
    // With the lists it is on, and what they answered. A contact that is made anew under the number is another one.
    table: 'contact',
    count: counting('SELECT count(*)::int AS count FROM contact WHERE phone_number = $1'),
    erase: async (tx, { phone }) => {
      const { rowCount } = await tx.query('DELETE FROM contact WHERE phone_number = $1', [phone]);
      return rowCount ?? 0;
    },
  },
  {
    // Nothing of a campaign goes to somebody who was erased: what waited is cancelled and counted so, and whoever was to be
    // written to again is what became of the message before. A message that was at the carrier, and a lesson that the dialog
    // has answered, are left to the campaign, which settles them as all others, and pays for them.
    table: 'campaign_contact',
    count: counting(
      `SELECT count(*)::int AS count FROM campaign_contact WHERE phone_number = $1 AND ${IS_NUMBER}`,
    ),
    erase: async (tx, who) => {
      await tx.query(
        `WITH waiting AS (
           UPDATE campaign_contact AS each
              SET state = ${NEW_STATE}, rule = ${NEW_RULE}, due_at = NULL, settled_at = clock_timestamp()
             FROM (SELECT open.campaign_id, open.contact_id, open.state, open.rule
                     FROM campaign_contact AS open
                    WHERE open.phone_number = $1 AND open.${IS_NUMBER}
                      AND (open.state IN ('pending', 'held')
                           OR open.state = 'queued'
                              AND NOT EXISTS (SELECT FROM message
                                               WHERE message.message_id = open.message_id AND message.state = ANY ($2))
                              AND NOT EXISTS (SELECT FROM campaign_drill_answer AS answer
                                               WHERE answer.command_id = open.message_id))
                      FOR UPDATE OF open) AS before
            WHERE each.campaign_id = before.campaign_id AND each.contact_id = before.contact_id
           RETURNING each.campaign_id, each.variant, before.state AS was, before.rule AS was_by, each.state, each.rule),
         changes AS (
           SELECT campaign_id, variant, measure, sum(change) AS change
             FROM waiting CROSS JOIN LATERAL (VALUES (was, -1), (was || ':' || was_by, -1), (state, 1),
                                                     (state || ':' || rule, 1)) AS of(measure, change)
            WHERE measure IS NOT NULL GROUP BY campaign_id, variant, measure)
         INSERT INTO campaign_count AS known (campaign_id, variant, measure, value)
         SELECT campaign_id, variant, measure, change FROM changes ORDER BY campaign_id, variant, measure
         ON CONFLICT (campaign_id, variant, measure) DO UPDATE SET value = known.value + excluded.value`,
        [who.phone, ENDED_AT_CARRIER, 'cancelled', 'erased'],
      );
      return changed(
        tx,
        `UPDATE campaign_contact SET phone_number = $2, keyword = NULL, keyword_at = NULL
          WHERE phone_number = $1 AND ${IS_NUMBER}`,
        who,
      );
    },
  },
  {
    table: 'whatsapp_window',
    count: counting('SELECT count(*)::int AS count FROM whatsapp_window WHERE phone_number = $1'),
    erase: async (tx, { phone }) => {
      const { rowCount } = await tx.query('DELETE FROM whatsapp_window WHERE phone_number = $1', [phone]);
      return rowCount ?? 0;
    },
  },
  {
    table: 'sticky_sender',
    count: counting('SELECT count(*)::int AS count FROM sticky_sender WHERE phone_number = $1'),
    erase: async (tx, { phone }) => {
      const { rowCount } = await tx.query('DELETE FROM sticky_sender WHERE phone_number = $1', [phone]);
      return rowCount ?? 0;
    },
  },
  {
    table: 'event_position',
    count: async (tx, phone) => {
      const { rows } = await tx.query<{ count: number }>(
        'SELECT count(*)::int AS count FROM event_position WHERE consumer = ANY ($2) AND phone_number = $1',
        [phone, FOLLOWERS],
      );
      return rows[0]?.count ?? 0;
    },
    erase: async (tx, { phone }) => {
      const { rowCount } = await tx.query(
        'DELETE FROM event_position WHERE consumer = ANY ($2) AND phone_number = $1',
        [phone, FOLLOWERS],
      );
      return rowCount ?? 0;
    },
  },
  {
    table: 'dialog_state',
    count: counting('SELECT count(*)::int AS count FROM dialog_state WHERE phone_number = $1'),
    erase: async (tx, { phone }) => {
      const { rowCount } = await tx.query('DELETE FROM dialog_state WHERE phone_number = $1', [phone]);
      return rowCount ?? 0;
    },
  },
  // Last: it is the lock.
  {
    table: 'phone',
    count: counting('SELECT count(*)::int AS count FROM phone WHERE phone_number = $1'),
    erase: async (tx, { phone }) => {
      const { rowCount } = await tx.query('DELETE FROM phone WHERE phone_number = $1', [phone]);
      return rowCount ?? 0;
    },
  },
];

/** Messages that a request was made for, and whose request has ended. */
const ENDED_AT_CARRIER = ['sent', 'unknown', 'failed', 'blocked'];

/** Consumers that keep how far they have followed each dialog. */
const FOLLOWERS = streamConsumers.flatMap(({ consumer, stream }) =>
  stream === 'dialog-events' ? [consumer] : [],
);

async function changed(tx: Transaction, text: string, { phone, pseudonym }: Who): Promise<number> {
  const { rowCount } = await tx.query(text, [phone, pseudonym]);
  return rowCount ?? 0;
}
