-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Messages that went out before a restore of the database and that nobody has planned again (shared/messages/restored.ts): none in
-- ordinary times, which every batch of a campaign asks.
CREATE INDEX IF NOT EXISTS message_restored ON message (phone_number)
  WHERE rule = 'sent_before_restore' AND campaign_id IS NULL;
