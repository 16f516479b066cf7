-- Up Migration

-- What a transaction beside the one that holds an import has taken in of it, until that one adds it to the import's own
-- counts: both commit by themselves, and whoever dies in between leaves it here.
CREATE TABLE import_beside (
  import_id uuid  NOT NULL PRIMARY KEY,
  reached   jsonb NOT NULL, -- the lowest number, with its scope, that it has taken from above
  counts    jsonb NOT NULL  -- what there is to add
);
