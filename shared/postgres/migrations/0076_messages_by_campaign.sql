-- Up Migration

-- Messages of a campaign are counted, in no order: entries of one campaign lie together, and new ones at their end.
CREATE INDEX IF NOT EXISTS message_by_campaign ON message (campaign_id) WHERE campaign_id IS NOT NULL;
