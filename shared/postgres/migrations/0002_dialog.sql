-- Up Migration

-- Drills as they were when a dialog began, kept once per content. A state refers to one by its hash, so that an
-- edit never touches a dialog in flight and a state stays small.
CREATE TABLE dialog_drill (
  hash  text  NOT NULL PRIMARY KEY,             -- SHA-256 of the JSON, in hex
  drill jsonb NOT NULL
);

-- Current state per phone number: the fold of dialog_event_batch.
CREATE TABLE dialog_state (
  phone_number text        NOT NULL PRIMARY KEY,
  version      bigint      NOT NULL,
  state        json        NOT NULL,           -- without the drill
  drill_hash   text        REFERENCES dialog_drill, -- null: no drill in flight
  updated_at   timestamptz NOT NULL
) WITH (fillfactor = 70);

-- Every batch of events, for ever: what the state can be rebuilt from.
CREATE TABLE dialog_event_batch (
  phone_number text        NOT NULL,
  version      bigint      NOT NULL,
  command_id   uuid        NOT NULL,
  batch        json        NOT NULL,           -- as it was published; json keeps it as written and costs least to write
  occurred_at  timestamptz NOT NULL,
  PRIMARY KEY (phone_number, version)
);

-- Commands already executed; purged after 30 days, longer than any stream keeps a record.
CREATE TABLE processed_command (
  command_id   uuid        NOT NULL PRIMARY KEY,
  processed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX processed_command_age ON processed_command USING brin (processed_at);

-- Drills that a person was given, in order: what the next one follows from.
CREATE TABLE drill_progress (
  phone_number      text        NOT NULL,
  programme_slug    text        NOT NULL,
  drill_slug        text        NOT NULL,
  drill_instance_id uuid        NOT NULL,
  requested_at      timestamptz NOT NULL,      -- the start was asked for
  started_at        timestamptz,
  completed_at      timestamptz,
  nothing_more_at   timestamptz,               -- the person was told that it was the last one, and began nothing since
  PRIMARY KEY (phone_number, programme_slug, drill_slug)
);
