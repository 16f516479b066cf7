-- Up Migration

-- Turns of campaigns hold rows for a moment: better tried again than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Of somebody on a ladder: when a text of theirs that belongs to the campaign was heard first, whatever it is taken for later,
-- words about consent apart. They are left alone from then on; whether they count as having replied is `replied_at`.
ALTER TABLE campaign_contact ADD COLUMN heard_at timestamptz;
