-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- A programme that is over: nobody registers, answers or gets anything in it, and its numbers are free. Null: it goes on.
ALTER TABLE programme ADD COLUMN archived_at timestamptz;
