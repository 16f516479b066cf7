-- Up Migration

SET LOCAL lock_timeout = '2s';
-- Since when a list is put away: it is not offered any more, and stays what it is. Null: it is in use.
ALTER TABLE contact_list ADD COLUMN IF NOT EXISTS archived_at timestamptz;
