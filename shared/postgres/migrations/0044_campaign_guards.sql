-- Up Migration

-- What watches over a campaign that is under way: how far its careful start has come, and what its breaker counts.
-- Written by the campaigns service alone, under the lock on the campaign's row.
CREATE TABLE campaign_guard (
  campaign_id  uuid        NOT NULL PRIMARY KEY,
  stage        text        NOT NULL DEFAULT 'open' CHECK (stage IN ('slice', 'wait', 'ramp', 'open')),
  stage_since  timestamptz NOT NULL,                             -- business time
  watched_from timestamptz NOT NULL DEFAULT clock_timestamp(),   -- the breaker counts what went out since (real time)
  tripped_at   timestamptz,                                      -- it was paused by its breaker, and nobody has resumed it
  tripped_by   text        CHECK (tripped_by IN ('undelivered', 'filtered', 'opted_out', 'canary', 'budget')),
  CHECK ((tripped_at IS NULL) = (tripped_by IS NULL))
) WITH (fillfactor = 50);

-- What carriers took of a campaign, and what that costs at the prices of that moment, in millionths of the currency.
CREATE TABLE campaign_spend (
  campaign_id    uuid   NOT NULL PRIMARY KEY,
  segments       bigint NOT NULL DEFAULT 0,
  media_messages bigint NOT NULL DEFAULT 0,
  micros         bigint NOT NULL DEFAULT 0,
  -- What may be spent from now on, where somebody has changed it since the campaign started.
  budget_micros  bigint CHECK (budget_micros > 0)
) WITH (fillfactor = 50);

-- What the breakers read: messages and opt-outs of the last minutes, in tables whose rows lie in the order of time.
CREATE INDEX consent_change_age ON consent_change USING brin (recorded_at);
-- Whoever looks for all tasks last did so then (real time).
CREATE TABLE breaker_watch (
  one       boolean     NOT NULL PRIMARY KEY DEFAULT true CHECK (one),
  looked_at timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO breaker_watch DEFAULT VALUES;
