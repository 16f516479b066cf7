-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- What came of a day, by campaign: rows of the log, of decisions, of texts and of changes of consent, added up as they are
-- counted (shared/operating). Counts only grow.
CREATE TABLE IF NOT EXISTS operating_count (
  day         date   NOT NULL,                 -- UTC, of business time
  campaign_id uuid   NOT NULL,                 -- all zeros: of no campaign
  measure     text   NOT NULL,
  value       bigint NOT NULL,
  PRIMARY KEY (day, campaign_id, measure)
) WITH (fillfactor = 50);
CREATE INDEX IF NOT EXISTS operating_count_campaign ON operating_count (campaign_id, day);

-- Up to where rows are counted, by the real time at which they were written. A row is written before its transaction commits:
-- what was written up to bound_at is counted once every transaction that had begun by then is over.
CREATE TABLE IF NOT EXISTS operating_watch (
  one        boolean     NOT NULL PRIMARY KEY DEFAULT true CHECK (one),
  looked_at  timestamptz NOT NULL DEFAULT '-infinity',
  counted_to timestamptz NOT NULL DEFAULT clock_timestamp(),
  bound_at   timestamptz,                      -- what is to be counted next ends here; null: nothing is yet
  bound_xid  xid8                              -- once no transaction before this one is under way
) WITH (fillfactor = 50);
INSERT INTO operating_watch DEFAULT VALUES ON CONFLICT DO NOTHING;

-- When a text was stored (real time). Null: before this column.
ALTER TABLE reply ADD COLUMN IF NOT EXISTS stored_at timestamptz;
ALTER TABLE reply ALTER COLUMN stored_at SET DEFAULT clock_timestamp();
