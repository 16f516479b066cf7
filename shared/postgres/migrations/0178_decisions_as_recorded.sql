-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- When it was written (real time): decided_at is business time, and of the moment at which the facts were read. Null: before
-- this column.
ALTER TABLE decision ADD COLUMN IF NOT EXISTS recorded_at timestamptz;
ALTER TABLE decision ALTER COLUMN recorded_at SET DEFAULT clock_timestamp();
