-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- For lists: every count opens its contacts.
CREATE INDEX IF NOT EXISTS campaign_delivery_call ON campaign_delivery (campaign_id, call_outcome, contact_id)
  WHERE call_outcome IS NOT NULL;
