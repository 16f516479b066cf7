-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Who may still answer a text: found when the time for it is over, among any number who wait for something else.
CREATE INDEX IF NOT EXISTS campaign_contact_awaiting ON campaign_contact (campaign_id, due_at, contact_id)
  WHERE state = 'held' AND rule = 'awaiting_reply';
