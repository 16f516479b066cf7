-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Who was erased since is not taken in from the file.
ALTER TABLE contact_import
  ADD COLUMN IF NOT EXISTS upload_at timestamptz; -- business time at which the upload of the file began; null: before this column, or none
