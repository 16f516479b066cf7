-- Up Migration

-- Since when, and until when at least, the carrier of a number does not take anything: written by the sender, for whoever
-- plans. Real time; null or past: it does.
ALTER TABLE sender ADD COLUMN carrier_paused_until timestamptz;

-- Requests of which nobody knows what became of them, until a status tells after all.
CREATE INDEX attempt_unknown ON attempt (posted_at) WHERE state = 'unknown';
