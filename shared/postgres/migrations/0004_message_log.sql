-- Up Migration

-- One row per message, in or out, as the carrier knows it. Filled by records in any order of arrival.
CREATE TABLE message_log (
  log_id             uuid        NOT NULL PRIMARY KEY, -- derived from carrier and carrier_message_id
  carrier            text        NOT NULL,
  carrier_message_id text,
  direction          text        CHECK (direction IN ('inbound', 'outbound')), -- null: only a status is known yet
  phone_number       text,
  our_number         text,
  body               text,
  media_urls         text[]      NOT NULL DEFAULT '{}',
  message_id         uuid,
  attempt_id         uuid,
  segments           integer,
  status             text        NOT NULL,
  status_rank        smallint    NOT NULL,
  status_at          timestamptz NOT NULL,
  error_code         text,
  unknown_statuses   text[]      NOT NULL DEFAULT '{}', -- words that no table of ours knows, kept for a person to read
  occurred_at        timestamptz,              -- received, or accepted by the carrier
  first_seen_at      timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 80);
CREATE INDEX message_log_phone ON message_log (phone_number, occurred_at DESC);
CREATE INDEX message_log_attempt ON message_log (attempt_id) WHERE attempt_id IS NOT NULL;
-- Messages whose end is not known yet are looked for among the recent ones. No index may depend on the status: then
-- a status update would write into every index of the table.
CREATE INDEX message_log_age ON message_log USING brin (first_seen_at);
