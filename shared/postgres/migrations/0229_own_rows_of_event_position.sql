-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- As of the outbox (0225). The api moves positions past what it discards.
ALTER TABLE event_position ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own_rows ON event_position;
CREATE POLICY own_rows ON event_position USING (consumer = substr(current_user, 10) OR consumer LIKE substr(current_user, 10) || '-%');
DROP POLICY IF EXISTS moved_by_api ON event_position;
CREATE POLICY moved_by_api ON event_position USING (current_user = 'carillon_api');
