-- Up Migration

-- Since when, and until when at least, the carrier of a number does not take anything: written by the sender, for whoever
-- plans. Real time; null or past: it does.
ALTER TABLE sender ADD COLUMN carrier_paused_until timestamptz;
