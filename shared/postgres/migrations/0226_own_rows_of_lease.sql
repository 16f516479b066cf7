-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- As of the outbox (0225). Whoever discards a record by the api keeps its consumer from moving meanwhile: it may lock a lease of another, and
-- change none.
ALTER TABLE lease ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own_rows ON lease;
CREATE POLICY own_rows ON lease USING (consumer = substr(current_user, 10) OR consumer LIKE substr(current_user, 10) || '-%');
DROP POLICY IF EXISTS shown_by_api ON lease;
CREATE POLICY shown_by_api ON lease FOR SELECT USING (current_user = 'carillon_api');
DROP POLICY IF EXISTS locked_by_api ON lease;
CREATE POLICY locked_by_api ON lease FOR UPDATE USING (current_user = 'carillon_api') WITH CHECK (false);
