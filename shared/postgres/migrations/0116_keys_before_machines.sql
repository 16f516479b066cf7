-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Of a call: when a key was first pressed in it, so that no machine took it; and when the machine that did was left its
-- message. machine_heard_at is when that was last begun: a process may die before it is done.
ALTER TABLE attempt ADD COLUMN key_heard_at timestamptz, ADD COLUMN machine_left_at timestamptz;
