-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- How many people its audience was when it was approved. Null: it is not, or nobody wrote it down.
ALTER TABLE campaign ADD COLUMN IF NOT EXISTS approved_contacts integer;
