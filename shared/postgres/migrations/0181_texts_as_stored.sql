-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Texts of people, as they were stored: read by when, in the order in which they lie.
CREATE INDEX IF NOT EXISTS reply_stored ON reply USING brin (stored_at) WITH (pages_per_range = 32, autosummarize = on);
