-- Up Migration

-- What the indexes of 0086 take the place of. Dropping waits for whoever uses the table just now and keeps everybody else
-- waiting meanwhile: not for long, else it is tried again (apps/migrate).
SET LOCAL lock_timeout = '2s';
DROP INDEX IF EXISTS message_due;
DROP INDEX IF EXISTS message_waiting;
