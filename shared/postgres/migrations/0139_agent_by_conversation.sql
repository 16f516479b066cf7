-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Whether the agent answers in this conversation, said by somebody: it goes before what is said of its campaign and number.
-- Null: those decide. Rows of before have none, so nothing has to be looked through for the constraint.
ALTER TABLE conversation
  DROP CONSTRAINT IF EXISTS conversation_agent_mode,
  ADD COLUMN IF NOT EXISTS agent_mode text,
  ADD CONSTRAINT conversation_agent_mode CHECK (agent_mode IN ('off', 'draft', 'automatic')) NOT VALID;
