-- Up Migration

-- Leases: who works on a shard of a stream (or on a slot of an outbox) for a consumer. Times are the database's own:
-- clock_timestamp(), never a client's. The epoch grows only when the lease changes hands; checking owner and epoch
-- under a row lock, in the transaction that carries the effects, is what fences off a process that lost it.
CREATE TABLE lease (
  consumer     text        NOT NULL,
  source       text        NOT NULL,           -- stream name, or 'outbox'
  shard        text        NOT NULL,           -- shard id, or slot '00'..'63'
  parents      text[]      NOT NULL DEFAULT '{}',
  owner        text,                           -- null: free
  epoch        bigint      NOT NULL DEFAULT 0,
  wanted_by    text,                           -- a worker that asks the owner to hand over
  checkpoint   text,                           -- last sequence number whose effects are committed
  renewed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at  timestamptz,                    -- shard read to its end and its outbox found empty
  PRIMARY KEY (consumer, source, shard)
) WITH (fillfactor = 50);

-- Live workers of a consumer, those without any lease included: what balancing counts.
CREATE TABLE lease_worker (
  consumer   text        NOT NULL,
  source     text        NOT NULL,
  worker     text        NOT NULL,
  renewed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (consumer, source, worker)
) WITH (fillfactor = 50);

-- What a transaction sends to streams and queues, written in the same transaction. Rows of one (producer, partition)
-- are published in the order of id by whoever holds the lease, then deleted.
CREATE TABLE outbox (
  producer         text   NOT NULL,            -- stream consumer, or service
  partition        text   NOT NULL,            -- shard id, or slot '00'..'63'
  id               bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  kind             text   NOT NULL CHECK (kind IN ('stream', 'queue')),
  target           text   NOT NULL,            -- stream or queue of the topology
  ordering_key     text   NOT NULL,            -- partition key, or message group
  deduplication_id text,                       -- queues only
  body             text   NOT NULL,
  PRIMARY KEY (producer, partition, id)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);

-- Records that a consumer could not process, and records of a phone that wait behind such a one (parked).
CREATE TABLE quarantined_record (
  id              bigint      NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consumer        text        NOT NULL,
  source          text        NOT NULL,
  shard           text        NOT NULL,
  sequence_number text        NOT NULL,
  partition_key   text        NOT NULL,
  state           text        NOT NULL CHECK (state IN ('quarantined', 'parked', 'redriven', 'discarded')),
  reason          text        NOT NULL,
  version         bigint,                      -- of a parked event batch
  body            text        NOT NULL,        -- as it was read
  arrived_at      timestamptz NOT NULL,
  quarantined_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  settled_at      timestamptz,
  UNIQUE (consumer, source, sequence_number)
);
CREATE INDEX quarantined_record_open ON quarantined_record (consumer, source, partition_key, id)
  WHERE state IN ('quarantined', 'parked');

-- Version of the last event batch that a consumer of dialog events applied, per phone number.
CREATE TABLE event_position (
  consumer     text   NOT NULL,
  phone_number text   NOT NULL,
  version      bigint NOT NULL,
  PRIMARY KEY (consumer, phone_number)
) WITH (fillfactor = 70);
