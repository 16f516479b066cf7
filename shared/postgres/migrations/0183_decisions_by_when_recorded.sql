-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Decisions, as they were written.
CREATE INDEX IF NOT EXISTS decision_recorded ON decision USING brin (recorded_at)
  WITH (pages_per_range = 32, autosummarize = on);
