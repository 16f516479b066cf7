-- Up Migration

-- Numbers that stand in for each other: who is written to from a pool is written to from one of its numbers. Limits of a
-- pool are those that carriers set for what its numbers are registered as, together.
CREATE TABLE sender_pool (
  pool                text        NOT NULL PRIMARY KEY CHECK (pool ~ '^[a-z0-9][a-z0-9-]{0,49}$'),
  description         text        NOT NULL DEFAULT '',
  segments_per_second real        CHECK (segments_per_second > 0), -- of all its numbers together; null: what they have
  segments_per_day    integer     CHECK (segments_per_day > 0),    -- the same; days end at midnight Pacific time
  version             integer     NOT NULL DEFAULT 1,
  created_at          timestamptz NOT NULL,
  updated_at          timestamptz NOT NULL
);

-- Numbers that we send from, with what they may send. One that is not here is limited by the account alone.
CREATE TABLE sender (
  sender_number       text        NOT NULL PRIMARY KEY,
  carrier             text        NOT NULL CHECK (carrier IN ('twilio', 'vonage', 'aws')),
  type                text        NOT NULL CHECK (type IN ('long_code', 'toll_free', 'short_code')),
  registration        text        NOT NULL CHECK (registration IN ('unregistered', 'pending', 'registered', 'rejected')),
  segments_per_second real        NOT NULL CHECK (segments_per_second > 0),
  segments_per_day    integer     CHECK (segments_per_day > 0), -- null: as many as its rate allows
  pool                text        REFERENCES sender_pool,
  programme           text,                             -- what it is for, in the organisation's words
  halted_at           timestamptz,                      -- since when nothing planned goes from it; null: it does
  halted_reason       text,
  halted_by           text,                             -- 'breaker', or who did it
  watched_from        timestamptz NOT NULL DEFAULT clock_timestamp(), -- the breaker counts what went out since (real time)
  version             integer     NOT NULL DEFAULT 1,
  created_at          timestamptz NOT NULL,
  updated_at          timestamptz NOT NULL,
  CHECK ((halted_at IS NULL) = (halted_reason IS NULL) AND (halted_at IS NULL) = (halted_by IS NULL))
) WITH (fillfactor = 70);
CREATE INDEX sender_in_pool ON sender (pool) WHERE pool IS NOT NULL;

-- Segments that carriers took from a number on a day, written as outcomes are recorded.
CREATE TABLE sender_day (
  sender_number text   NOT NULL,
  day           date   NOT NULL,                        -- Pacific time, as carriers count
  segments      bigint NOT NULL,
  PRIMARY KEY (sender_number, day)
) WITH (fillfactor = 50);

-- The number of a pool that somebody is written to from. Kept, so that nobody's changes when a number joins.
CREATE TABLE sticky_sender (
  pool          text NOT NULL,
  phone_number  text NOT NULL,
  sender_number text NOT NULL,
  PRIMARY KEY (pool, phone_number)
) WITH (fillfactor = 80);
CREATE INDEX sticky_sender_phone ON sticky_sender (phone_number);

-- Tasks that send, with whether they reach Redis: how they share rates while it is away.
CREATE TABLE sender_task (
  task        text        NOT NULL PRIMARY KEY,
  seen_at     timestamptz NOT NULL DEFAULT clock_timestamp(), -- real time
  paces_alone boolean     NOT NULL
) WITH (fillfactor = 50);

-- How many segments a message is: as planned, and as its carrier has it once it was taken. Null: planned before this was kept.
ALTER TABLE message ADD COLUMN segments smallint;
