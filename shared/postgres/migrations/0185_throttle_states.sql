-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- How far a throttle group is used: locked, for a moment, by whoever takes of it. Apart from the group itself, so that nobody who
-- changes that waits for it. Times are business times.
CREATE TABLE IF NOT EXISTS throttle_state (
  throttle_group_id uuid        NOT NULL PRIMARY KEY REFERENCES throttle_group ON DELETE CASCADE,
  used_to           timestamptz,               -- up to when an even pace is used; null: it was not yet
  clock_at          timestamptz NOT NULL,      -- never goes back, whosever clock does
  turn              bigint      NOT NULL DEFAULT 0 -- of whom it was last, in the order in which campaigns have their shares
) WITH (fillfactor = 50);
