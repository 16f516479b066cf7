-- Up Migration

-- Which variant of its campaign a message says. Null: it is of nobody's audience (an answer, a lesson, a test).
ALTER TABLE message ADD COLUMN variant smallint;
UPDATE message SET variant = each.variant
  FROM campaign_contact AS each
 WHERE message.campaign_id = each.campaign_id AND message.cause_id = each.contact_id;

-- What the carrier says of messages of campaigns: one row for each row of message_log that is about one. Written by the
-- log, in the transaction that writes that row, whose lock keeps two of them from writing this one; but for is_news,
-- which campaigns takes away.
CREATE TABLE campaign_delivery (
  log_id      uuid     NOT NULL PRIMARY KEY,       -- of message_log
  campaign_id uuid     NOT NULL,
  variant     smallint NOT NULL,
  contact_id  uuid     NOT NULL,
  message_id  uuid     NOT NULL,
  carrier     text     NOT NULL,
  outcome     text     NOT NULL CHECK (outcome IN
                ('underway', 'unconfirmed', 'delivered', 'read', 'undelivered', 'failed', 'refused')),
  error_code  text,                                -- in the carrier's words
  segments    integer  NOT NULL,                   -- that the carrier took
  is_news     boolean  NOT NULL                    -- its contact has not heard of it yet
) WITH (fillfactor = 80);
CREATE INDEX campaign_delivery_news ON campaign_delivery (campaign_id, log_id) WHERE is_news;
-- For lists: every count opens its contacts.
CREATE INDEX campaign_delivery_outcome ON campaign_delivery (campaign_id, outcome, contact_id);

-- Who asked to be left alone after a message of a campaign: the one that had texted them last from the number they texted.
CREATE TABLE campaign_opt_out (
  campaign_id  uuid        NOT NULL,
  contact_id   uuid        NOT NULL,
  variant      smallint    NOT NULL,
  log_id       uuid        NOT NULL,               -- of the text
  opted_out_at timestamptz NOT NULL,
  PRIMARY KEY (campaign_id, contact_id)
);

-- What the rows of these two add up to, changed in the same transactions as they. Beside campaign_count, which others
-- write under other locks.
CREATE TABLE campaign_delivery_count (
  campaign_id uuid     NOT NULL,
  variant     smallint NOT NULL,
  measure     text     NOT NULL,                   -- an outcome; 'OUTCOME:CODE'; 'segments:CARRIER'; 'opted_out'
  value       bigint   NOT NULL,
  PRIMARY KEY (campaign_id, variant, measure)
) WITH (fillfactor = 50);

ALTER TABLE campaign_contact
  DROP CONSTRAINT campaign_contact_state_check,
  ADD CONSTRAINT campaign_contact_state_check CHECK (state IN
    ('pending', 'queued', 'sent', 'delivered', 'failed', 'undelivered', 'held', 'blocked', 'skipped', 'cancelled')),
  ADD COLUMN reached_at   timestamptz,             -- a message of the campaign arrived: nothing goes to them again
  ADD COLUMN missed_state text CHECK (missed_state IN ('failed', 'undelivered')), -- of the newest message that did not
  ADD COLUMN missed_rule  text;                    -- arrive: what they are when it is not tried again, and why
-- Who is written to again, while an experiment keeps all others waiting.
CREATE INDEX campaign_contact_again ON campaign_contact (campaign_id, due_at, contact_id)
  WHERE state IN ('pending', 'held') AND attempts > 0;
COMMENT ON COLUMN campaign_contact.attempts IS 'messages that were at the carrier: those that were taken back are none';

ALTER TABLE campaign
  ADD COLUMN reports_until timestamptz,            -- all has gone, and reports that may call for a repetition are waited for
  ADD COLUMN sampled_at    timestamptz,            -- the sample of its experiment has gone
  ADD COLUMN decided_at    timestamptz,            -- its experiment was decided
  ADD COLUMN winner        smallint;               -- for this variant; null: for none

-- What the dialog did with lessons that campaigns asked for. Written by it, in the transaction that executes the command;
-- campaigns takes a row away with what follows from it.
CREATE TABLE campaign_drill_answer (
  command_id  uuid NOT NULL PRIMARY KEY,
  campaign_id uuid NOT NULL,
  contact_id  uuid NOT NULL,
  refusal     text                                 -- null: the lesson has begun
);
CREATE INDEX campaign_drill_answer_campaign ON campaign_drill_answer (campaign_id);
