-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- New contacts of an import get their ids when they are taken in, in the order of their numbers. What was staged by this version
-- may still be taken in by one before it, while tasks are replaced.
ALTER TABLE import_contact ALTER COLUMN contact_id SET DEFAULT gen_random_uuid();
