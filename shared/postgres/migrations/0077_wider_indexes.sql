-- Up Migration

-- What the indexes of 0054, 0055 and 0076 take the place of. Dropping waits for whoever uses the tables just now and keeps
-- everybody else waiting meanwhile: not for long, else it is tried again (apps/migrate).
SET LOCAL lock_timeout = '2s';
-- Where an earlier form of those has run, under the names of what they took the place of.
CREATE INDEX IF NOT EXISTS campaign_contact_settled ON campaign_contact (campaign_id, state, contact_id)
  WHERE state NOT IN ('pending', 'queued');
CREATE INDEX IF NOT EXISTS contact_own_attributes ON contact USING gin (attributes jsonb_path_ops) WHERE attributes <> '{}';
DROP INDEX IF EXISTS campaign_contact_once;
DROP INDEX IF EXISTS campaign_contact_phone;
DROP INDEX IF EXISTS campaign_contact_state;
DROP INDEX IF EXISTS contact_attributes;
DROP INDEX IF EXISTS message_campaign;
-- Messages of one number are few, and have an index by it.
DROP INDEX IF EXISTS message_of_campaign;
