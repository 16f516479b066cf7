-- Up Migration

-- How far business time is ahead of real time, in the local stack alone: on AWS no service has a right to these two
-- tables, and none reads them. One row; all of its instants are real.
CREATE TABLE business_clock (
  one          boolean     NOT NULL PRIMARY KEY DEFAULT true CHECK (one),
  version      bigint      NOT NULL DEFAULT 0,       -- grows with every announcement and with every jump
  previous_ms  bigint      NOT NULL DEFAULT 0 CHECK (previous_ms >= 0), -- in force until jumps_at
  offset_ms    bigint      NOT NULL DEFAULT 0 CHECK (offset_ms >= previous_ms),
  jumps_at     timestamptz NOT NULL DEFAULT 'epoch', -- all instances jump at this instant, by the one clock of the machine
  announced_ms bigint      CHECK (announced_ms > offset_ms) -- the offset to come, once all have acknowledged; null: none
);
INSERT INTO business_clock DEFAULT VALUES;

-- Running instances, and up to which version each follows the clock: an announcement is followed once it is known, a
-- jump once it is in force.
CREATE TABLE business_clock_instance (
  instance text        NOT NULL PRIMARY KEY,
  pid      integer     NOT NULL,
  version  bigint      NOT NULL,
  alive_at timestamptz NOT NULL DEFAULT clock_timestamp() -- real time
) WITH (fillfactor = 50);
