-- Up Migration

-- A field that is deleted goes at once for whoever reads and writes; its values leave contacts some at a time, and then
-- its row does. Until then nobody can make another one by its name, which would bring old values back.
ALTER TABLE contact_field
  ADD COLUMN version    integer NOT NULL DEFAULT 1,
  ADD COLUMN deleted_at timestamptz, -- null: it is there
  ADD COLUMN cleared_to uuid;        -- deleted: contacts up to here have no value of it any more
