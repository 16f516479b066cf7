-- Up Migration

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
