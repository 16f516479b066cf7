-- Up Migration

-- A file of contacts, or of numbers that nothing is sent to, on its way into the tables of those. Whoever takes it a step
-- further holds its row's lock, and writes in the same transaction how far it has come (`reached`).
CREATE TABLE contact_import (
  import_id       uuid        NOT NULL PRIMARY KEY, -- v7
  kind            text        NOT NULL CHECK (kind IN ('contacts', 'suppressions')),
  status          text        NOT NULL DEFAULT 'uploading' CHECK (status IN
                    ('uploading', 'uploaded', 'checking', 'checked', 'committing', 'committed', 'failed', 'cancelled')),
  step            text        CHECK (step IN ('clear', 'rows', 'external_ids', 'commit', 'forget')), -- null: it waits for somebody
  reached         jsonb,                            -- up to where the step has come; null: it has not begun
  file_name       text        NOT NULL,
  options         jsonb       NOT NULL,             -- shared/imports/options.ts
  columns         text[]      NOT NULL DEFAULT '{}', -- the header, as it stands in the file
  mapping         jsonb       NOT NULL DEFAULT '[]', -- by column of the file: what it is, or null
  exclude_faulty  boolean     NOT NULL DEFAULT false,
  upload          integer     NOT NULL DEFAULT 0,   -- of the file: rows of an earlier one count for nothing
  file_bytes      bigint      NOT NULL DEFAULT 0,
  file_hash       text,                             -- SHA-256; null: the file is not there yet
  file_rows       integer     NOT NULL DEFAULT 0,   -- without the header
  -- Of the check: what the rows are. They add up to file_rows.
  valid           integer     NOT NULL DEFAULT 0,
  duplicate       integer     NOT NULL DEFAULT 0,   -- the number stands on another row, which is taken
  faulty          integer     NOT NULL DEFAULT 0,
  matched         integer     NOT NULL DEFAULT 0,   -- of the valid: known before
  -- Of the commit: what became of the valid ones. They add up to valid.
  created         integer     NOT NULL DEFAULT 0,
  updated         integer     NOT NULL DEFAULT 0,
  unchanged       integer     NOT NULL DEFAULT 0,
  refused         integer     NOT NULL DEFAULT 0,   -- an external id that somebody else had got since the check
  erased          integer     NOT NULL DEFAULT 0,   -- people who were erased since the check
  consents        integer     NOT NULL DEFAULT 0,   -- changes of consent that are new: of some rows, or of none
  reason          text,                             -- why it failed or was cancelled
  due_at          timestamptz,                      -- when the service has to look again; null: never
  created_by      text        NOT NULL,
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL,
  ended_at        timestamptz
) WITH (fillfactor = 50);
CREATE INDEX contact_import_due ON contact_import (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX contact_import_list ON contact_import (created_at DESC, import_id DESC);

-- The file, until the import has ended.
CREATE TABLE import_row (
  import_id  uuid    NOT NULL,
  upload     integer NOT NULL,
  row_number integer NOT NULL, -- the line on which it begins; the header is a line as well
  cells      json,             -- texts as they stand there; null: it could not be read
  fault      text,             -- why not
  PRIMARY KEY (import_id, upload, row_number)
);

-- What the check made of the rows that are valid: one for each number (and scope), until it is committed.
CREATE TABLE import_contact (
  import_id    uuid    NOT NULL,
  phone_number text    NOT NULL,
  scope        text    NOT NULL DEFAULT '', -- of a suppression
  row_number   integer NOT NULL,
  contact_id   uuid,                        -- should the contact be new
  is_known     boolean NOT NULL,            -- the contact, or the suppression, was there at the check
  external_id  text,
  name         text,
  language     text,
  time_zone    text,
  state        text,
  postal_code  text,
  attributes   jsonb,
  tags         text[],
  consent      jsonb,                       -- the cells that a change of consent is made of, by their names
  PRIMARY KEY (import_id, phone_number, scope)
);
CREATE INDEX import_contact_external_id ON import_contact (import_id, external_id) WHERE external_id IS NOT NULL;

-- What is wrong with rows, for a while longer than the rows themselves.
CREATE TABLE import_fault (
  import_id    uuid     NOT NULL,
  row_number   integer  NOT NULL,
  place        smallint NOT NULL, -- of the column in the file, from 0; -1: the row; -2: found after the check
  column_name  text,              -- as the file has it
  reason       text     NOT NULL,
  value        text,              -- what stands there, cut short
  phone_number text,              -- of the row, where it has a valid one
  PRIMARY KEY (import_id, row_number, place)
);
CREATE INDEX import_fault_phone ON import_fault (phone_number) WHERE phone_number IS NOT NULL;
