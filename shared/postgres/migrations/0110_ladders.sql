-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Where somebody is on the ladder of their campaign (shared/campaigns/ladder.ts). Null: it has none.
ALTER TABLE campaign_contact
  ADD COLUMN step      smallint,  -- the place of the step that they are on, from 0
  ADD COLUMN step_base smallint;  -- attempts when it began: those above it are this step's

-- Who has come to which step after the first, and by which ending of the step before. Written by the campaigns service alone, in
-- the transaction that brings them there.
CREATE TABLE campaign_step (
  campaign_id uuid        NOT NULL,
  contact_id  uuid        NOT NULL,
  step        smallint    NOT NULL,
  via         text        NOT NULL CHECK (via IN
                ('undelivered', 'unreachable', 'no_reply', 'answered', 'machine', 'busy', 'no_answer', 'failed')),
  variant     smallint    NOT NULL,
  entered_at  timestamptz NOT NULL, -- business time
  PRIMARY KEY (campaign_id, contact_id, step)
);
-- For lists: every count opens its contacts.
CREATE INDEX campaign_step_via ON campaign_step (campaign_id, step, via, contact_id);
