-- Up Migration

-- What waits is looked for by channel: a campaign of calls that waits for the morning is in no text's way. What these take the
-- place of goes in 0103.
CREATE INDEX message_due_by_channel ON message (channel, due_at) WHERE state = 'held';
CREATE INDEX message_waiting_by_channel ON message (channel, queued_at) WHERE state = 'queued';
