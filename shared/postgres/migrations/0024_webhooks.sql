-- Up Migration

-- Addresses of the organisation's own systems that are told what happens.
CREATE TABLE webhook_endpoint (
  endpoint_id     uuid        NOT NULL PRIMARY KEY,
  url             text        NOT NULL,
  events          text[]      NOT NULL CHECK (events <> '{}'),
  description     text        NOT NULL,
  enabled         boolean     NOT NULL,
  disabled_reason text,                        -- of ours, why it was switched off; null: a person did, or it is on
  version         integer     NOT NULL DEFAULT 1,
  failures        integer     NOT NULL DEFAULT 0, -- in a row
  failing_since   timestamptz,                 -- business time: nothing was delivered since
  resting_until   timestamptz,                 -- business time: nothing is tried before
  created_at      timestamptz NOT NULL,
  created_by      text        NOT NULL,
  deleted_at      timestamptz,                 -- it goes with the last of its deliveries
  CHECK (deleted_at IS NULL OR NOT enabled)
);

-- What signs deliveries. Apart from the endpoints, which whoever has something to tell reads.
CREATE TABLE webhook_secret (
  endpoint_id   uuid  NOT NULL PRIMARY KEY REFERENCES webhook_endpoint ON DELETE CASCADE,
  secret        bytea NOT NULL,                -- sealed (apps/api/webhooks/secret.ts)
  former_secret bytea,                         -- signs too until former_until
  former_until  timestamptz,
  CHECK ((former_secret IS NULL) = (former_until IS NULL))
);

-- What is to be told to whom, and what became of it. Written in the transaction of what happened.
CREATE TABLE webhook_delivery (
  position         bigint      NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  endpoint_id      uuid        NOT NULL REFERENCES webhook_endpoint,
  event_id         uuid        NOT NULL,       -- derives from what happened: a repetition is known by it
  type             text        NOT NULL,
  phone_number     text,
  payload          text        NOT NULL,       -- as it is signed and sent
  redelivery_of    bigint,
  state            text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
  attempts         integer     NOT NULL DEFAULT 0,
  due_at           timestamptz NOT NULL DEFAULT clock_timestamp(), -- business time, which is never behind
  claimed_until    timestamptz,                -- real time: a task is at it; after this another may be
  created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  first_attempt_at timestamptz,                -- business time
  last_attempt_at  timestamptz,                -- business time
  response_status  integer,
  response_body    text,                       -- its beginning
  error            text
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX webhook_delivery_event ON webhook_delivery (endpoint_id, event_id) WHERE redelivery_of IS NULL;
CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, due_at, position) WHERE state = 'pending';
CREATE INDEX webhook_delivery_list ON webhook_delivery (endpoint_id, state, position);
CREATE INDEX webhook_delivery_age ON webhook_delivery (created_at);
CREATE INDEX webhook_delivery_phone ON webhook_delivery (phone_number) WHERE phone_number IS NOT NULL;

-- What the system does by itself is audited too.
ALTER TABLE audit_entry
  DROP CONSTRAINT audit_entry_actor_kind_check,
  ADD CONSTRAINT audit_entry_actor_kind_check
    CHECK (actor_kind IN ('key', 'person', 'local', 'everybody', 'system'));
