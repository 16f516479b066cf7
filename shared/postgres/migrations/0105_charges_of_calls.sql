-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Of calls, once they are over, as call_log has it. Null: of a text, or not known. There already where an earlier form of 0104
-- has run.
ALTER TABLE campaign_delivery
  ADD COLUMN IF NOT EXISTS call_outcome  text,
  ADD COLUMN IF NOT EXISTS call_seconds  integer,
  ADD COLUMN IF NOT EXISTS call_price    numeric,
  ADD COLUMN IF NOT EXISTS call_currency text;

-- What each call of a campaign is counted at in campaign_spend: as planned when it begins, then as it was. Written by the
-- campaigns service alone, in the transactions that change what the campaign has cost.
CREATE TABLE campaign_call (
  message_id  uuid     NOT NULL PRIMARY KEY,
  campaign_id uuid     NOT NULL,
  variant     smallint NOT NULL,
  carrier     text     NOT NULL,
  minutes     smallint NOT NULL,           -- that it was planned to take
  micros      bigint   NOT NULL            -- millionths of the currency
) WITH (fillfactor = 80);
