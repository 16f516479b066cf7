-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Texts and calls go at paces of their own: calls that wait for theirs are in no text's way. Campaigns without a ladder have
-- nobody in it.
CREATE INDEX IF NOT EXISTS campaign_contact_step_due ON campaign_contact (campaign_id, step, due_at, contact_id)
  WHERE state IN ('pending', 'held') AND step IS NOT NULL;
