-- Up Migration

-- What each variant of a campaign has cost: adds up to campaign_spend, in the transactions that change that.
CREATE TABLE campaign_variant_spend (
  campaign_id    uuid     NOT NULL,
  variant        smallint NOT NULL,
  segments       bigint   NOT NULL,
  media_messages bigint   NOT NULL,
  micros         bigint   NOT NULL, -- millionths of the currency
  PRIMARY KEY (campaign_id, variant)
) WITH (fillfactor = 50);
-- Of campaigns with one variant it is known what that has cost; of others, from now on.
INSERT INTO campaign_variant_spend (campaign_id, variant, segments, media_messages, micros)
SELECT campaign_id, 0, segments, media_messages, micros FROM campaign_spend JOIN campaign USING (campaign_id)
 WHERE jsonb_path_query_first(campaign.definition, '$.variants.size()')::int < 2;
