-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Of which step a message is. Null: its campaign has none. There already where an earlier form of 0110 has run.
ALTER TABLE message ADD COLUMN IF NOT EXISTS step smallint;
