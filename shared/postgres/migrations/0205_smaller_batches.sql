-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Of a campaign whose batches took too long: how many people it takes at a time now. Null: as many as the environment has it.
ALTER TABLE campaign ADD COLUMN IF NOT EXISTS batch_most integer;
