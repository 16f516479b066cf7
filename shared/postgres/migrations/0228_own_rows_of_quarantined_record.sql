-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- As of the outbox (0225). The api settles what was set aside, whoever set it aside.
ALTER TABLE quarantined_record ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own_rows ON quarantined_record;
CREATE POLICY own_rows ON quarantined_record USING (consumer = substr(current_user, 10) OR consumer LIKE substr(current_user, 10) || '-%');
DROP POLICY IF EXISTS settled_by_api ON quarantined_record;
CREATE POLICY settled_by_api ON quarantined_record USING (current_user = 'carillon_api');
