import type { Pool } from '#shared/postgres/pool.ts';

/** Stands in everything that a sample person said, was sent, or is called. */
export const SECRET = 'Rosalind';

const OURS = '+14155550199';

/** Rows about one person in every table that may have some, with a value in every column that says something of them. */
export async function insertSamplePerson(pool: Pool, phone: string): Promise<void> {
  for (const statement of STATEMENTS) {
    // PostgreSQL wants as many values as a statement names.
    const names = ['$3', '$2', '$1'].findIndex((name) => statement.includes(name));
    await pool.query(statement, [phone, SECRET, OURS].slice(0, 3 - names));
  }
}

const STATEMENTS: readonly string[] = [
  `INSERT INTO phone (phone_number, last_ordinal, next_send_at, next_send_batch, next_call_at, next_call_batch, time_zone, state,
                      postal_code)
   VALUES ($1, 3, now(), gen_random_uuid(), now(), gen_random_uuid(), 'America/' || $2, $2, $2)`,
  `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, media_urls, batch_id,
                        cause_id, created_at, state, call, template)
   SELECT gen_random_uuid(), $1, ordinal, 'replies', 'reply', $3, $2 || ordinal, ARRAY['https://example.org/' || $2],
          gen_random_uuid(), gen_random_uuid(), now(), CASE WHEN ordinal = 3 THEN 'queued' ELSE 'sent' END,
          CASE WHEN ordinal = 2 THEN jsonb_build_object('goodbye', $2::text) END,
          CASE WHEN ordinal = 1 THEN jsonb_build_object('contentSid', 'HX', 'variables', jsonb_build_object('1', $2::text)) END
     FROM generate_series(1, 3) AS ordinal`,
  `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, carrier_message_id)
   SELECT gen_random_uuid(), message_id, phone_number, 'twilio', sender_number, 'accepted', 'SM' || ordinal
     FROM message WHERE phone_number = $1 AND state = 'sent'`,
  `INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, our_number, body, media_urls,
                            status, status_rank, status_at, occurred_at)
   SELECT gen_random_uuid(), 'twilio', 'SM' || $1 || n, 'inbound', $1, $3, $2, ARRAY['https://example.org/' || $2],
          'received', 1, now(), now() FROM generate_series(1, 2) AS n`,
  `UPDATE message_log SET carrier_message_id = 'SM' || left(md5(carrier_message_id), 8) WHERE phone_number = $1`,
  `INSERT INTO call_log (log_id, outcome, answered_by, seconds, keys, occurred_at)
   SELECT log_id, 'answered', 'human', 30, ARRAY[$2], occurred_at FROM message_log WHERE phone_number = $1`,
  `INSERT INTO number_fault (log_id, error_code, carrier, phone_number, heard_at)
   SELECT log_id, '30005', carrier, phone_number, now() FROM message_log WHERE phone_number = $1`,
  `INSERT INTO decision_inputs (hash, inputs) SELECT 'sample', '{}' WHERE $1::text <> '' ON CONFLICT DO NOTHING`,
  `INSERT INTO decision (decision_id, decided_at, message_id, phone_number, channel, verdict, rule, rules_version, inputs_hash)
   SELECT gen_random_uuid(), now(), message_id, phone_number, 'sms', 'send', 'allowed', 'v', 'sample'
     FROM message WHERE phone_number = $1`,
  `INSERT INTO consent_disclosure (hash, wording)
   SELECT repeat('a', 64), 'We text you lessons.' WHERE $1::text <> '' ON CONFLICT DO NOTHING`,
  `INSERT INTO consent_change (change_id, phone_number, status, method, scope, granted, requested_at, original_message, cause,
                               rule, disclosure_hash, affirmative_action, url, ip, user_agent, actor, external_id, tracking_id)
   VALUES (gen_random_uuid(), $1, 'opted_in', 'web', 'sender', '{informational}', '2026-01-01', $2, $2, 'r',
           repeat('a', 64), $2, $2, $2, $2, 'ann', $2, $2)`,
  `INSERT INTO consent_change (change_id, phone_number, status, method, scope, requested_at, original_message, cause, rule)
   VALUES (gen_random_uuid(), $1, 'opted_out', 'sms', 'sender', '2026-02-01', $2, 'twilio SM1', 'vocabulary')`,
  `INSERT INTO consent_standing (phone_number, scope, status, consents, change_id, requested_at, revoked_at)
   SELECT phone_number, scope, status, '[]', change_id, requested_at, requested_at FROM consent_change
    WHERE phone_number = $1 AND status = 'opted_out'`,
  `INSERT INTO suppression (phone_number, change_id, source, reason, added_at, scope)
   SELECT phone_number, change_id, 'user_opt_out', $2, requested_at, scope FROM consent_standing WHERE phone_number = $1`,
  `INSERT INTO consent_word_seen (change_id, phone_number) VALUES (gen_random_uuid(), $1)`,
  `INSERT INTO consent_review (review_id, phone_number, original_message, rule, requested_at, deadline, outcome,
                               resolved_at, resolved_by, reason)
   VALUES (gen_random_uuid(), $1, $2, 'r', now(), '2026-12-01', 'kept', now(), 'ann', $2)`,
  `INSERT INTO consent_review (review_id, phone_number, original_message, rule, requested_at, deadline)
   VALUES (gen_random_uuid(), $1, $2, 'r', now(), '2026-12-01')`,
  `INSERT INTO dialog_drill (hash, drill) SELECT 'sample', '{}' WHERE $1::text <> '' ON CONFLICT DO NOTHING`,
  `INSERT INTO dialog_state (phone_number, version, state, drill_hash, updated_at)
   VALUES ($1, 2, json_build_object('phoneNumber', $1::text, 'profile', json_build_object('name', $2::text)), 'sample', now())`,
  `INSERT INTO dialog_event_batch (phone_number, version, command_id, batch, occurred_at)
   SELECT $1, version, gen_random_uuid(),
          json_build_object('phoneNumber', $1::text, 'programmeSlug', 'lessons', 'events',
                            json_build_array(json_build_object('type', 'COMPLETED_PROMPT', 'response', $2::text,
                                                               'occurredAt', '2026-01-01T00:00:00.000Z'))), now()
     FROM generate_series(1, 2) AS version`,
  `INSERT INTO drill_progress (phone_number, programme_slug, drill_slug, drill_instance_id, requested_at)
   VALUES ($1, 'lessons', 'one', gen_random_uuid(), now())`,
  `INSERT INTO participant (phone_number, programme_slug, enrolled_by, enrolled_at, last_interacted_at, opted_out, time_zone,
                            delivery_time, our_number, drill_instance_id, prompt_slug, prompt_started_at, reminded,
                            completed_at, next_start_at, remind_at, last_start_at, start_version, armed_for,
                            prompt_event_id, prompt_sent_at)
   SELECT $1, 'lessons', 'list', now(), now(), true, $2, $2, $3, gen_random_uuid(), 'one', now(), true, now(), now(), now(),
          now(), 1, 'x', gen_random_uuid(), now() WHERE $3::text <> ''`,
  `INSERT INTO drill_instance (phone_number, drill_instance_id, programme_slug, drill_slug, drill_version, language, prompt_slug,
                               prompt_place, prompt_started_at, tries, started_at, ended_at, ended)
   SELECT $1, gen_random_uuid(), 'lessons', 'one', 1, 'en', 'p', 0, now(), 1, now(), ended_at,
          CASE WHEN ended_at IS NOT NULL THEN 'completed' END
     FROM (VALUES (now()), (NULL)) AS each (ended_at)`,
  `INSERT INTO drill_report (programme_slug, drill_slug, drill_version, language, prompt_slug, place, reached, answer_times)
   SELECT 'lessons', 'one', 1, 'en', 'p', 0, 5, '{}' WHERE $1::text <> '' ON CONFLICT DO NOTHING`,
  `INSERT INTO drill_wrong_answer (programme_slug, drill_slug, drill_version, language, prompt_slug, answer, example, only_phone,
                                   count)
   VALUES ('lessons', 'one', 1, 'en', 'p', $2 || ' ' || substr($1, 3), $2, $1, 2)`,
  `INSERT INTO event_position (consumer, phone_number, version) VALUES ('outbound', $1, 2), ('progress', $1, 1)`,
  `INSERT INTO contact (contact_id, phone_number, external_id, name, language, time_zone, state, postal_code, line_type,
                        attributes, tags, last_reply, last_reply_at, created_at, updated_at)
   VALUES (gen_random_uuid(), $1, $2 || $1, $2, $2, $2, $2, $2, 'mobile', json_build_object('a', $2::text), ARRAY[$2], $2,
           now(), now(), now())`,
  `INSERT INTO contact_list (list_id, name, created_at, updated_at)
   SELECT '018f0000-0000-7000-8000-000000000001', 'Everybody', now(), now() WHERE $1::text <> '' ON CONFLICT DO NOTHING`,
  `INSERT INTO list_member (list_id, contact_id, added_at)
   SELECT '018f0000-0000-7000-8000-000000000001', contact_id, now() FROM contact WHERE phone_number = $1`,
  `INSERT INTO contact_answer (contact_id, field, answer, value, programme_slug, drill_instance_id, prompt_slug, event_id,
                               answered_at)
   SELECT contact_id, 'a', $2, to_jsonb($2::text), 'lessons', gen_random_uuid(), 'p', gen_random_uuid(), now()
     FROM contact WHERE phone_number = $1`,
  `INSERT INTO contact_news (phone_number, due_at, answer) VALUES ($1, now(), json_build_object('answer', $2::text))`,
  `INSERT INTO contact_import (import_id, kind, status, file_name, options, due_at, created_by, created_at, updated_at)
   SELECT '018f0000-0000-7000-8000-000000000002', 'contacts', 'checked', 'all.csv', '{}', now(), 'ann', now(), now()
    WHERE $1::text <> '' ON CONFLICT DO NOTHING`,
  `INSERT INTO import_row (import_id, upload, row_number, cells)
   SELECT '018f0000-0000-7000-8000-000000000002', 1, coalesce(max(row_number), 1) + 1,
          json_build_array($2::text, '(' || substr($1, 3, 3) || ') ' || substr($1, 6, 3) || '-' || substr($1, 9))
     FROM import_row`,
  // Many rows in a record, of which some are of others.
  `INSERT INTO import_row (import_id, upload, row_number, row_count, cells)
   SELECT '018f0000-0000-7000-8000-000000000002', 1, coalesce(max(row_number), 1) + 1, 3,
          json_build_array(json_build_array(7, json_build_array('Bo', '+12125550999')),
                           json_build_array(8, json_build_array($2::text, $1::text)),
                           json_build_array(9, NULL, 'has 3 cells where the first row has 2',
                                            json_build_array($2::text, $1::text, '+12125550998')))
     FROM import_row`,
  `INSERT INTO import_contact (import_id, phone_number, scope, row_number, contact_id, is_known, external_id, name, language,
                               time_zone, state, postal_code, attributes, tags, consent)
   SELECT '018f0000-0000-7000-8000-000000000002', $1, $2, (random() * 1e9)::int, gen_random_uuid(), true, $2, $2, $2, $2, $2,
          $2, json_build_object('a', $2::text), ARRAY[$2], json_build_object('source', $2::text)`,
  `INSERT INTO import_fault (import_id, row_number, place, column_name, reason, value, phone_number, cells)
   SELECT '018f0000-0000-7000-8000-000000000002', (random() * 1e6)::int + 2, 0, 'zona', 'is no time zone', $2, $1,
          json_build_array($2::text, $1::text)`,
  // The number of the row is none; theirs stands beside it, as somebody wrote it.
  `INSERT INTO import_fault (import_id, row_number, place, column_name, reason, value, cells)
   SELECT '018f0000-0000-7000-8000-000000000002', (random() * 1e6)::int + 2, 0, 'phone', 'is no phone number', $2,
          json_build_array('12', '(' || substr($1, 3, 3) || ') ' || substr($1, 6, 3) || '-' || substr($1, 9), $2::text)`,
  `INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, state, keyword, keyword_at)
   SELECT gen_random_uuid(), contact_id, phone_number, stood.state, $2, now()
     FROM contact CROSS JOIN (VALUES ('pending'), ('sent')) AS stood(state) WHERE phone_number = $1`,
  `INSERT INTO short_link (token, url, campaign_id, contact_id, variant, message_id, phone_number, created_at)
   SELECT left(md5(random()::text), 12), 'https://example.org/?who=' || $2, gen_random_uuid(), contact_id, 0,
          gen_random_uuid(), $1, now() FROM contact WHERE phone_number = $1`,
  `INSERT INTO link_click (click_id, token, clicked_at, visitor)
   SELECT gen_random_uuid(), token, now(), 'person' FROM short_link WHERE phone_number = $1`,
  `INSERT INTO campaign_click (campaign_id, contact_id, variant, token, clicked_at)
   SELECT campaign_id, contact_id, 0, token, now() FROM short_link WHERE phone_number = $1`,
  `INSERT INTO test_message (message_id, campaign_id, sent_by, sent_at)
   SELECT message_id, gen_random_uuid(), 'ann', now() FROM message WHERE phone_number = $1 LIMIT 1`,
  `INSERT INTO whatsapp_window (phone_number, sender_number, heard_at, heard_on)
   SELECT $1, 'whatsapp:' || $3, now(), now() WHERE $2::text <> ''`,
  `INSERT INTO sticky_sender (pool, phone_number, sender_number) SELECT 'lessons', $1, $3 WHERE $2::text <> ''`,
  `INSERT INTO reply (reply_id, phone_number, our_number, contact_id, campaign_id, body, media_urls, carrier,
                      carrier_message_id, received_at, session, taken_as, keyword)
   SELECT gen_random_uuid(), $1, $3, contact_id, gen_random_uuid(), $2, ARRAY['https://example.org/' || $2], 'twilio',
          'SM' || left(md5($1 || n), 8), now(), 1, CASE n WHEN 1 THEN 'people' END, $2
     FROM contact CROSS JOIN generate_series(1, 2) AS n WHERE phone_number = $1`,
  `INSERT INTO conversation (conversation_id, phone_number, state, snoozed_until, assignee, tags, unread, waiting,
                             last_reply_id, last_text_at, our_number, campaign_id, session, session_at, activity_at,
                             created_at, opened_from, opened_from_snoozed, agent_mode)
   SELECT gen_random_uuid(), $1, 'snoozed', now(), 'bo', ARRAY[$2], 1, 1, reply_id, received_at, our_number, campaign_id,
          1, received_at, received_at, now(), 'snoozed', now(), 'draft'
     FROM reply WHERE phone_number = $1 LIMIT 1`,
  `INSERT INTO agent_answer (reply_id, conversation_id, phone_number, our_number, mode, state, given_at, due_at, input, output,
                             body)
   SELECT gen_random_uuid(), conversation_id, $1, our_number, 'draft', each.became, now(), CASE each.became WHEN 'due' THEN now() END, $2, $2,
          $2
     FROM conversation, (VALUES ('due'), ('drafted'), ('sent')) AS each (became) WHERE phone_number = $1`,
  `INSERT INTO conversation_note (conversation_id, body, written_by, written_at)
   SELECT conversation_id, $2, 'bo', now() FROM conversation WHERE phone_number = $1`,
  `INSERT INTO conversation_answer (message_id, conversation_id, answered_by, answered_at, reply_id, look_at)
   SELECT gen_random_uuid(), conversation_id, 'bo', now(), gen_random_uuid(), now() FROM conversation WHERE phone_number = $1`,
  `INSERT INTO inbound_part (carrier, carrier_message_id, phone_number, our_number, reference, number, count, body, media,
                             received_at, heard_at, due_at, joined_as, taken_in_at)
   VALUES ('vonage', left(md5($1), 8), $1, $3, '17', 1, 2, $2, json_build_array(json_build_object('url', $2::text)), now(),
           now(), now(), 'VM1', now())`,
  `INSERT INTO audit_entry (occurred_at, actor_kind, actor_id, operation, request_id, ip, subject, subject_id, action, before, after)
   VALUES (now(), 'key', 'k', 'o', 'r', '192.0.2.1', 'consent', $1, 'captured', '{"sender":"opted_out"}', '{"sender":"opted_in"}'),
          (now(), 'key', 'k', 'o', 'r', '192.0.2.1', 'review', 'id', 'dismissed', jsonb_build_object('phoneNumber', $1::text),
           jsonb_build_object('phoneNumber', $1::text, 'reason', $2::text))`,
  `INSERT INTO api_reply (actor_id, idempotency_key, request_hash, reply, created_at)
   VALUES ('k', $1, '\\x00', jsonb_build_object('phoneNumber', $1::text, 'said', $2::text), now())`,
  `UPDATE api_reply SET idempotency_key = md5(idempotency_key) WHERE reply ->> 'phoneNumber' = $1`,
  `INSERT INTO webhook_endpoint (endpoint_id, url, events, description, enabled, created_at, created_by)
   SELECT '00000000-0000-4000-8000-000000000001', 'https://crm.example.org/', '{message.received}', '', true, now(), 'ann'
    WHERE $1::text <> '' ON CONFLICT DO NOTHING`,
  `INSERT INTO webhook_delivery (endpoint_id, event_id, type, phone_number, payload, redelivery_of, claimed_until,
                                 first_attempt_at, last_attempt_at, response_status, response_body, error)
   SELECT endpoint_id, gen_random_uuid(), 'message.received', $1, json_build_object('phoneNumber', $1::text, 'body', $2::text),
          redelivery_of, now(), now(), now(), 500, $2, $2
     FROM webhook_endpoint, unnest(ARRAY[NULL, 1]::bigint[]) AS redelivery_of`,
  `INSERT INTO reassigned_answer (phone_number, asked_on, answer, asked_about, loaded_at)
   VALUES ($1, '2026-03-01', 'no', '2026-01-01', now())`,
  `INSERT INTO quarantined_record
     (consumer, source, shard, sequence_number, partition_key, state, reason, body, arrived_at, settled_reason)
   VALUES ('log', 'message-log', 's', md5($1), $1, 'quarantined', $2, $2, now(), NULL),
          ('outbound', 'dialog-events', 's', md5($1), $1, 'parked', $2, '{}', now(), NULL),
          ('log', 'message-log', 's', 'x' || md5($1), 'SM9', 'discarded', 'r', '{"phoneNumber":"' || $1 || '"}', now(), $2)`,
  // What somebody said when they settled one of these, and of one that the queue gave up, now and before.
  `INSERT INTO audit_entry (occurred_at, actor_kind, actor_id, operation, request_id, ip, subject, subject_id, action, before, after)
   SELECT now(), 'key', 'k', 'discardDeadLetters', 'r', '192.0.2.1', 'dead-letter', id::text, 'discarded', NULL,
          jsonb_build_object('state', 'discarded', each.name, $2::text)
     FROM quarantined_record CROSS JOIN (VALUES ('reason'), ('why')) AS each(name) WHERE position(substr($1, 3) IN body) > 0`,
  `INSERT INTO audit_entry (occurred_at, actor_kind, actor_id, operation, request_id, ip, subject, subject_id, action, before, after)
   SELECT now(), 'key', 'k', 'discardQueueDeadLetters', 'r', '192.0.2.1', 'queue-dead-letter', 'id', 'discarded', NULL,
          jsonb_build_object('queue', 'bulk', 'phoneNumber', $1::text, each.name, $2::text)
     FROM (VALUES ('reason'), ('why')) AS each(name)`,
];
