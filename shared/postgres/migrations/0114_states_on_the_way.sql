-- Up Migration

-- Reads the table beside everybody who uses it.
ALTER TABLE campaign_contact VALIDATE CONSTRAINT campaign_contact_missed_state_check;
