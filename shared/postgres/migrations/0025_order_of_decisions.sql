-- Up Migration

-- Decisions of one claim are made at one instant: this is the order in which they were made. Those of one phone are made
-- under the lock on its row, so that it is theirs whichever service makes them. Rewrites the table.
ALTER TABLE decision ADD COLUMN position bigint NOT NULL GENERATED ALWAYS AS IDENTITY;

-- Nearly every change takes nothing back: what takes none needs no place in the index.
ALTER TABLE consent_change DROP CONSTRAINT consent_change_reverses_key;
CREATE UNIQUE INDEX consent_change_reverses ON consent_change (reverses) WHERE reverses IS NOT NULL;
