-- Up Migration

-- What carriers said against numbers: one row per message that did not arrive because its number cannot be texted. Facts
-- alone, from which nothing follows by itself; written by the log, in the transaction that writes the message.
CREATE TABLE number_fault (
  log_id       uuid        NOT NULL,           -- of message_log
  error_code   text        NOT NULL,           -- in the carrier's words
  carrier      text        NOT NULL,
  phone_number text        NOT NULL,
  heard_at     timestamptz NOT NULL,           -- the first time
  PRIMARY KEY (log_id, error_code)
);
CREATE INDEX number_fault_phone ON number_fault (phone_number, heard_at);
