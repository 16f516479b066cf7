-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- What was sent and received, as it became known.
CREATE INDEX IF NOT EXISTS message_log_content ON message_log USING brin (content_at)
  WITH (pages_per_range = 32, autosummarize = on);
