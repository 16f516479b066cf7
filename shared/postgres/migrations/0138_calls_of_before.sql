-- Up Migration

-- What 0117 has added, of calls that were there before.
UPDATE call_log SET occurred_at = message_log.occurred_at,
       campaign_id = (SELECT campaign_id FROM message WHERE message.message_id = message_log.message_id)
  FROM message_log WHERE message_log.log_id = call_log.log_id AND call_log.occurred_at IS NULL;
