-- Up Migration

-- For whoever searches the message log without a number, newest first. occurred_at does not change once the message is
-- known, so a status update writes nothing into it.
CREATE INDEX message_log_time ON message_log (occurred_at, log_id) WHERE occurred_at IS NOT NULL;

-- For lists of the suppressed, newest first: all, and those of one source. A scope is looked for within the first.
CREATE INDEX suppression_list ON suppression (added_at, phone_number, scope);
CREATE INDEX suppression_source ON suppression (source, added_at, phone_number, scope);
