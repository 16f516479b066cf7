-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- As of the outbox (0225).
ALTER TABLE lease_worker ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own_rows ON lease_worker;
CREATE POLICY own_rows ON lease_worker USING (consumer = substr(current_user, 10) OR consumer LIKE substr(current_user, 10) || '-%');
