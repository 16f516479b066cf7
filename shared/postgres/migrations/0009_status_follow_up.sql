-- Up Migration

-- Messages whose end the carrier had not reported some time after it took them: when to ask it. A row stays until the
-- message log knows the end, or nothing more is expected. Only such messages have one: no more than a few in a
-- thousand while status callbacks arrive.
CREATE TABLE status_follow_up (
  log_id             uuid        NOT NULL PRIMARY KEY, -- of message_log
  carrier            text        NOT NULL,
  carrier_message_id text        NOT NULL,
  accepted_at        timestamptz NOT NULL,             -- business time: its age decides when it is looked up
  next_look_at       timestamptz NOT NULL              -- business time; while a task looks, when another may
) WITH (fillfactor = 80);
CREATE INDEX status_follow_up_due ON status_follow_up (carrier, next_look_at);

-- Per carrier: up to where the message log was gone through for such messages.
CREATE TABLE status_watch (
  carrier     text        NOT NULL PRIMARY KEY,
  enrolled_to timestamptz NOT NULL                     -- message_log.first_seen_at (real time)
);

-- Messages are gone through in the order of their first record. The block range index, which was meant for that, is of
-- no use once rows move: an update that does not fit on its page puts an old row on a new one, and soon every range
-- holds every time. A row's first_seen_at never changes, so this index costs an update of a status nothing.
CREATE INDEX message_log_first_seen ON message_log (first_seen_at);
DROP INDEX message_log_age;
