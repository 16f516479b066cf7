-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Limits that campaigns share: most texts and calls that are planned in a period, wherever it begins.
CREATE TABLE IF NOT EXISTS throttle_group (
  throttle_group_id uuid        NOT NULL PRIMARY KEY,
  name              text        NOT NULL UNIQUE,
  most              integer     NOT NULL CHECK (most > 0),
  per               text        NOT NULL CHECK (per IN ('minute', 'hour', 'day')),
  evenly            boolean     NOT NULL,
  version           integer     NOT NULL DEFAULT 1,
  created_at        timestamptz NOT NULL,
  updated_at        timestamptz NOT NULL
);
