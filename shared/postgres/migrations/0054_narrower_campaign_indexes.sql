-- Up Migration

-- Every contact of a campaign is written three times and every message as often: each index that is not there is so many
-- entries that are not written. These take the place of wider ones, which 0077 drops.

-- One index says that a number is in an audience once, and finds the audiences that a number is in. People who were erased
-- are nobody's number any more: whoever looks for a number says that it is one (shared/campaigns/look-up.ts).
CREATE UNIQUE INDEX campaign_contact_number ON campaign_contact (phone_number, campaign_id) WHERE phone_number LIKE '+%';

-- Those who are queued have an index of their own, and those who wait are found by when they are due, or, as long as they are
-- many, in the order of their ids.
CREATE INDEX campaign_contact_settled ON campaign_contact (campaign_id, state, contact_id)
  WHERE state NOT IN ('pending', 'queued');
