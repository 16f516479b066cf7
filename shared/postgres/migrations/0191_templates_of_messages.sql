-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- On WhatsApp: the approved template that goes in the place of the words, which are what it says. {"contentSid", "variables"}.
-- Null: the words go as they are.
ALTER TABLE message ADD COLUMN IF NOT EXISTS template jsonb;
