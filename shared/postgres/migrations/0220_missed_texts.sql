-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- A sweep is due soon after a gateway could not take in a text that its carrier soon gives up.
ALTER TABLE inbound_watch
  ADD COLUMN IF NOT EXISTS missed_at timestamptz; -- when one was noted last
