-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Texts with which lessons of a campaign begin and that have not gone, which are few: with the campaign they are held, go on,
-- or are taken back.
CREATE INDEX IF NOT EXISTS message_lesson_unsent ON message (lesson_campaign_id, phone_number)
  WHERE lesson_campaign_id IS NOT NULL AND state IN ('queued', 'held');
