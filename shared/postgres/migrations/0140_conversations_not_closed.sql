-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Folders of the inbox are of what is not closed, which is little of all that ever was, newest first: whose it is and what it
-- belongs to is looked for among those.
CREATE INDEX IF NOT EXISTS conversation_not_closed ON conversation (activity_at DESC, conversation_id DESC)
  WHERE state <> 'closed' AND activity_at IS NOT NULL;
