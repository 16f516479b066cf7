-- Up Migration

-- What is said in a call (shared/voice/call-script.ts); null: a text.
ALTER TABLE message ADD COLUMN call jsonb;

-- What the log knows of a call besides what it knows of every message: one row per call. Filled by records in any order of
-- arrival, as message_log is.
CREATE TABLE call_log (
  log_id      uuid    NOT NULL PRIMARY KEY, -- of its row in message_log
  outcome     text    CHECK (outcome IN
                ('canceled', 'failed', 'no_answer', 'busy', 'answered', 'machine', 'opted_out')), -- null: none yet
  answered_by text    CHECK (answered_by IN ('human', 'machine', 'fax', 'unknown')),
  seconds     integer,                      -- from the answer to the end
  price       numeric,
  currency    text,
  keys        text[]  NOT NULL DEFAULT '{}' -- those that were pressed, each once
) WITH (fillfactor = 80);
