-- Up Migration

-- Every contact of a campaign is written three times and every message as often: each index that is not there is so many
-- entries that are not written.

-- One index says that a number is in an audience once, and finds the audiences that a number is in. People who were erased
-- are nobody's number any more: whoever looks for a number says that it is one (shared/campaigns/look-up.ts).
CREATE UNIQUE INDEX campaign_contact_number ON campaign_contact (phone_number, campaign_id) WHERE phone_number LIKE '+%';
DROP INDEX campaign_contact_once;
DROP INDEX campaign_contact_phone;

-- Those who are queued have an index of their own, and those who wait are found by when they are due, or, as long as they are
-- many, in the order of their ids.
DROP INDEX campaign_contact_state;
CREATE INDEX campaign_contact_state ON campaign_contact (campaign_id, state, contact_id)
  WHERE state NOT IN ('pending', 'queued');

-- Messages of a campaign are counted, in no order: entries of one campaign lie together, and new ones at their end.
DROP INDEX message_campaign;
CREATE INDEX message_campaign ON message (campaign_id) WHERE campaign_id IS NOT NULL;
-- Messages of one number are few, and have an index by it.
DROP INDEX message_of_campaign;
