-- Up Migration

-- Requests of which nobody knows what became of them, until a status tells after all.
CREATE INDEX IF NOT EXISTS attempt_unknown ON attempt (posted_at) WHERE state = 'unknown';
