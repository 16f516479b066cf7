-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Rows of a file are staged many in a record: `cells` is a list of them then, each as [line, cells] or, where it could not be read,
-- [line, null, why not], and `row_number` the line of the first. Null: the record is one row, as before.
ALTER TABLE import_row ADD COLUMN row_count integer CHECK (row_count > 0);
-- Records are written and read once: to compress them costs more than to write them.
ALTER TABLE import_row ALTER COLUMN cells SET STORAGE EXTERNAL;
