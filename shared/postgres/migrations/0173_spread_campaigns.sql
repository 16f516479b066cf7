-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Of a campaign that is spread over a time: since when nobody of it may be written to. Null: somebody may.
ALTER TABLE campaign ADD COLUMN IF NOT EXISTS rested_at timestamptz;
