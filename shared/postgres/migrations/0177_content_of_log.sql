-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- When it became known what was sent or received, and not only a status of it (real time). Null: before this column.
ALTER TABLE message_log ADD COLUMN IF NOT EXISTS content_at timestamptz;
ALTER TABLE message_log ALTER COLUMN content_at SET DEFAULT clock_timestamp();
