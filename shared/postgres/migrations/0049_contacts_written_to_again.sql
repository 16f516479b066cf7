-- Up Migration

-- Whoever was written to and is in a state that does not say so: they are part of the sample of an experiment, and of the slice
-- of a careful start, whatever becomes of their repetition. Nobody is in it before a message of theirs has gone.
CREATE INDEX campaign_contact_tried ON campaign_contact (campaign_id, state, variant)
  WHERE attempts > 0 AND state IN ('pending', 'queued', 'held', 'blocked', 'cancelled');
