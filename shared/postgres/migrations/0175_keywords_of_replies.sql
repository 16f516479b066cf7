-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- The accepted keyword of its campaign that a text is; null: none.
ALTER TABLE reply ADD COLUMN IF NOT EXISTS keyword text;
