-- Up Migration

-- Of a call: when a machine was heard to have taken it, and was left its message: once, however often the carrier tells.
ALTER TABLE attempt ADD COLUMN machine_heard_at timestamptz;
