-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Campaigns that have asked for their share of a throttle group: whoever still waits has a part in it. No row of a campaign is
-- asked for here: whoever plans holds it in another transaction.
CREATE TABLE IF NOT EXISTS campaign_throttle (
  throttle_group_id uuid        NOT NULL REFERENCES throttle_state ON DELETE CASCADE,
  campaign_id       uuid        NOT NULL,
  turn              bigint      NOT NULL,      -- who has the least is next
  unmet             integer     NOT NULL CHECK (unmet >= 0), -- people who could be written to but for this group
  asked_at          timestamptz NOT NULL,      -- business time
  PRIMARY KEY (throttle_group_id, campaign_id)
) WITH (fillfactor = 50);
CREATE INDEX IF NOT EXISTS campaign_throttle_campaign ON campaign_throttle (campaign_id);
