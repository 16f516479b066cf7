-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Between contacts and dialogs: whose contact has changed while there is a dialog with them, and what they answered that may be
-- a field of their contact. Rows are only ever added by those who write contacts or read events, so that nobody waits for
-- another; several may be there of one person.
CREATE TABLE contact_news (
  position     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  phone_number text        NOT NULL,
  due_at       timestamptz NOT NULL, -- business time
  answer       jsonb                 -- null: whether the dialog knows what the contact says is to be looked at
);
CREATE INDEX contact_news_due ON contact_news (due_at, position);
CREATE INDEX contact_news_phone ON contact_news (phone_number);

-- The newest answer of each person to a question whose answer is a field of their contact.
CREATE TABLE contact_answer (
  contact_id        uuid        NOT NULL REFERENCES contact ON DELETE CASCADE,
  field             text        NOT NULL, -- as filters name it
  answer            text        NOT NULL, -- as they wrote it
  value             jsonb,                -- that the contact got; null: none, because the field cannot have it
  programme_slug    text,
  drill_instance_id uuid        NOT NULL,
  prompt_slug       text        NOT NULL,
  event_id          uuid        NOT NULL,
  answered_at       timestamptz NOT NULL, -- business time
  PRIMARY KEY (contact_id, field)
);
