-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- What next_send_at and next_send_batch are to texts, these are to calls: neither channel waits for the other's pause, nor
-- shortens it. A version before writes the pauses of calls where those of texts stand, as it did.
ALTER TABLE phone ADD COLUMN next_call_at timestamptz, ADD COLUMN next_call_batch uuid;
