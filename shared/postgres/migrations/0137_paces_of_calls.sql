-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Texts and calls of one campaign each have a pace: up to when that of its calls was used. There already where an earlier form of
-- 0110 has run.
ALTER TABLE campaign ADD COLUMN IF NOT EXISTS calls_paced_at timestamptz;
