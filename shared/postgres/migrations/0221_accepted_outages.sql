-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- An outage longer than its carrier repeats for ends only once somebody has found out what was lost in it.
ALTER TABLE inbound_watch
  ADD COLUMN IF NOT EXISTS outage_until    timestamptz, -- when somebody listened again, the last time
  ADD COLUMN IF NOT EXISTS accepted_outage timestamptz; -- the outage_since that somebody answers for; null once nobody listened again
