-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- The newest accepted keyword of the campaign that they answered with, and when that came in.
ALTER TABLE campaign_contact ADD COLUMN IF NOT EXISTS keyword text, ADD COLUMN IF NOT EXISTS keyword_at timestamptz;
