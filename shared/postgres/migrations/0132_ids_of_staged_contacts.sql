-- Up Migration

-- Random ids cost a tenth of a check (0130): whoever stages rows writes ids that count up.
ALTER TABLE import_contact ALTER COLUMN contact_id DROP DEFAULT;
