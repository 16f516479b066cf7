-- Up Migration

-- Of a call: when it was made, as its row of message_log has it, and the campaign that made it, so that calls are found among
-- a hundred times as many texts. Their indexes are built in 0118.
ALTER TABLE call_log ADD COLUMN occurred_at timestamptz, ADD COLUMN campaign_id uuid;

UPDATE call_log SET occurred_at = message_log.occurred_at,
       campaign_id = (SELECT campaign_id FROM message WHERE message.message_id = message_log.message_id)
  FROM message_log WHERE message_log.log_id = call_log.log_id;
