-- Up Migration

-- Who put a record on its stream again, or discarded it; null: it followed by itself, or is not settled.
ALTER TABLE quarantined_record ADD COLUMN settled_by text;
