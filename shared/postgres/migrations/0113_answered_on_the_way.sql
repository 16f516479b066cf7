-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Of somebody on a ladder who took a call: what they are at the end, whatever becomes of later steps. What was allowed stays so
-- (0114 looks through the table, later).
ALTER TABLE campaign_contact
  DROP CONSTRAINT campaign_contact_missed_state_check,
  ADD CONSTRAINT campaign_contact_missed_state_check
    CHECK (missed_state IN ('failed', 'undelivered', 'answered')) NOT VALID;
