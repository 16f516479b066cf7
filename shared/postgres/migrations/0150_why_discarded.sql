-- Up Migration

-- Consumers write here when they set a record aside: better tried again than they kept waiting.
SET LOCAL lock_timeout = '2s';

-- Why a record was discarded, in the words of whoever did it; null: it was not, or they did not say.
ALTER TABLE quarantined_record ADD COLUMN IF NOT EXISTS settled_reason text;
