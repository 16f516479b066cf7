-- Up Migration

-- Where a phone is, as far as somebody told us; null: nobody did. What the hours of a person are judged by, before the
-- area code of the number.
ALTER TABLE phone
  ADD COLUMN time_zone   text,                 -- IANA name, as it was told
  ADD COLUMN state       text,                 -- two letters
  ADD COLUMN postal_code text;

ALTER TABLE message
  ADD COLUMN channel       text NOT NULL DEFAULT 'sms' CHECK (channel IN ('sms', 'voice')),
  ADD COLUMN not_after     timestamptz,        -- business time; worth nothing afterwards
  ADD COLUMN topic         text,               -- what it is about, where people may refuse topics; null: none
  ADD COLUMN campaign_id   uuid,
  ADD COLUMN verdict       text CHECK (verdict IN ('send', 'hold', 'block')), -- of the last decision, made
  ADD COLUMN decided_rule  text,                                              -- by this rule
  ADD COLUMN rules_version text;                                              -- as this version has it
-- Whether the one confirmation, or the one answer to HELP, of a cause has gone.
CREATE INDEX message_once ON message (phone_number, batch_id) WHERE intent IN ('opt_out_confirmation', 'help');

-- A request counts for frequency caps from its claim on, and no more once the carrier certainly did not take it.
ALTER TABLE attempt
  ADD COLUMN channel    text NOT NULL DEFAULT 'sms' CHECK (channel IN ('sms', 'voice')),
  ADD COLUMN touched_at timestamptz;           -- business time; null: does not count
CREATE INDEX attempt_touch ON attempt (phone_number, touched_at) WHERE touched_at IS NOT NULL;

-- What decisions were made from, once per content.
CREATE TABLE decision_inputs (
  hash   text NOT NULL PRIMARY KEY,            -- SHA-256 of inputs as written, in hex
  inputs json NOT NULL                         -- json keeps it as it was hashed
);

-- Every decision of the gate that changed what it had said of a message before, and every one that let a message go.
-- Appended, never changed. In months, so that old ones can be archived; months are made by each migration run, and
-- what no month takes goes to the default partition.
CREATE TABLE decision (
  decision_id   uuid        NOT NULL,
  decided_at    timestamptz NOT NULL,          -- business time
  message_id    uuid        NOT NULL,
  phone_number  text        NOT NULL,
  campaign_id   uuid,
  channel       text        NOT NULL CHECK (channel IN ('sms', 'voice')),
  verdict       text        NOT NULL CHECK (verdict IN ('send', 'hold', 'block')),
  rule          text        NOT NULL,
  rules_version text        NOT NULL,
  until         timestamptz,                   -- hold: the first instant that may allow it; send: its last
  inputs_hash   text        NOT NULL,
  PRIMARY KEY (decision_id, decided_at)
) PARTITION BY RANGE (decided_at);
CREATE TABLE decision_default PARTITION OF decision DEFAULT;
CREATE INDEX decision_phone ON decision (phone_number, decided_at);
CREATE INDEX decision_message ON decision (message_id, decided_at);
CREATE INDEX decision_campaign ON decision (campaign_id, decided_at) WHERE campaign_id IS NOT NULL;
