-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Of a call: when it was made, as its row of message_log has it, and the campaign that made it, so that calls are found among
-- a hundred times as many texts. Their indexes are built in 0118; calls of before get theirs in 0138.
ALTER TABLE call_log ADD COLUMN occurred_at timestamptz, ADD COLUMN campaign_id uuid;
