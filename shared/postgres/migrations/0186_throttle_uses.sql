-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- What was taken of a throttle group, and by which campaign, in slices of time: kept for two days.
CREATE TABLE IF NOT EXISTS throttle_use (
  throttle_group_id uuid        NOT NULL REFERENCES throttle_state ON DELETE CASCADE,
  until             timestamptz NOT NULL,      -- end of the slice (business time)
  campaign_id       uuid        NOT NULL,
  used              integer     NOT NULL CHECK (used >= 0),
  PRIMARY KEY (throttle_group_id, until, campaign_id)
) WITH (fillfactor = 70);
