-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

CREATE INDEX IF NOT EXISTS call_log_time ON call_log (occurred_at, log_id) WHERE occurred_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS call_log_campaign ON call_log (campaign_id, occurred_at, log_id) WHERE campaign_id IS NOT NULL;
