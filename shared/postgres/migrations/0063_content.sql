-- Up Migration

-- Grows by one with every change of what is published: readers ask for this number alone, and for the rest when it is
-- another. Whoever changes content takes this row first, so that changes are checked one after the other.
CREATE TABLE content_revision (
  one      boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (one),
  revision bigint  NOT NULL
) WITH (fillfactor = 50);
INSERT INTO content_revision (revision) VALUES (0);

-- A drill: what is written on it, and which of its versions people get.
CREATE TABLE drill (
  slug              text        NOT NULL PRIMARY KEY,
  draft             jsonb,                              -- as an author writes it, with examples and without a version; null: none
  published_version integer,                            -- null: nobody gets it yet
  version           integer     NOT NULL DEFAULT 1,     -- of the draft, for If-Match
  created_at        timestamptz NOT NULL,
  updated_at        timestamptz NOT NULL,
  updated_by        text        NOT NULL
);

-- What was published. Never changed, never removed.
CREATE TABLE drill_version (
  slug            text        NOT NULL REFERENCES drill,
  version         integer     NOT NULL CHECK (version > 0),
  content         jsonb       NOT NULL,                 -- as it travels (shared/contracts/drill.ts)
  examples        jsonb       NOT NULL,                 -- never travel
  report          jsonb       NOT NULL,                 -- what the examples came to when it was published
  override_reason text,                                 -- why it was published all the same; null: all was well
  published_at    timestamptz NOT NULL,
  published_by    text        NOT NULL,
  PRIMARY KEY (slug, version)
);
ALTER TABLE drill ADD FOREIGN KEY (slug, published_version) REFERENCES drill_version (slug, version);

CREATE TABLE programme (
  slug       text        NOT NULL PRIMARY KEY,
  definition jsonb       NOT NULL,                      -- as a file says it (shared/drills/programme.ts)
  version    integer     NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  updated_by text        NOT NULL
);
