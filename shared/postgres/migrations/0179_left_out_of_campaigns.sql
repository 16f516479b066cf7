-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Who was left out of a campaign, by when: few of an audience.
CREATE INDEX IF NOT EXISTS campaign_contact_left_out ON campaign_contact (settled_at) WHERE state IN ('blocked', 'skipped');
