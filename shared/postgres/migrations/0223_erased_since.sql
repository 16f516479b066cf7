-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Whether anybody was erased since a file came, asked for each batch of its rows.
CREATE INDEX IF NOT EXISTS erased_phone_at ON erased_phone (erased_at);
