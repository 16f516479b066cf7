-- Up Migration

-- Whom an organisation writes to. The number is the person: one contact each, in canonical form.
CREATE TABLE contact (
  contact_id    uuid        NOT NULL PRIMARY KEY, -- v7: in the order in which they were made
  phone_number  text        NOT NULL UNIQUE,
  external_id   text        UNIQUE,               -- of the person, in the organisation's own records
  name          text,
  language      text,                             -- BCP 47
  time_zone     text,                             -- IANA name, as it was told
  state         text,                             -- two letters
  postal_code   text,
  line_type     text        CHECK (line_type IN ('mobile', 'landline', 'voip', 'toll_free')), -- null: nobody said
  attributes    jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(attributes) = 'object'), -- by contact_field
  tags          text[]      NOT NULL DEFAULT '{}',
  last_reply    text,                             -- the newest text from the person
  last_reply_at timestamptz,
  version       integer     NOT NULL DEFAULT 1,
  created_at    timestamptz NOT NULL,
  updated_at    timestamptz NOT NULL
) WITH (fillfactor = 90);
CREATE INDEX contact_tags ON contact USING gin (tags);
CREATE INDEX contact_attributes ON contact USING gin (attributes jsonb_path_ops);
CREATE INDEX contact_name ON contact (lower(name) text_pattern_ops);

-- What else may be known of a contact, by the name that filters, imports and templates use.
CREATE TABLE contact_field (
  name       text        NOT NULL PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]{0,39}$'),
  label      text        NOT NULL,
  type       text        NOT NULL CHECK (type IN ('text', 'number', 'date', 'boolean', 'choice')),
  choices    text[]      NOT NULL DEFAULT '{}' CHECK ((type = 'choice') = (choices <> '{}')),
  created_at timestamptz NOT NULL
);

CREATE TABLE contact_list (
  list_id     uuid        NOT NULL PRIMARY KEY,
  name        text        NOT NULL UNIQUE,
  description text        NOT NULL DEFAULT '',
  version     integer     NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL
);

CREATE TABLE list_member (
  list_id    uuid        NOT NULL REFERENCES contact_list ON DELETE CASCADE,
  contact_id uuid        NOT NULL REFERENCES contact ON DELETE CASCADE,
  added_at   timestamptz NOT NULL,
  PRIMARY KEY (list_id, contact_id)
);
CREATE INDEX list_member_contact ON list_member (contact_id);
