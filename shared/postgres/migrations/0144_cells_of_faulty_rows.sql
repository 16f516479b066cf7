-- Up Migration

SET LOCAL lock_timeout = '2s';
-- The whole row as the file had it, with the first fault of the row alone: for whoever mends it when the file is gone. Null
-- with the others, where the row could not be read, and on faults of before.
ALTER TABLE import_fault ADD COLUMN IF NOT EXISTS cells json;
