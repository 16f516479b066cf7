-- Up Migration

-- A text of which the dialog says nothing goes to people after some minutes. taken_as 'untold': it has.
ALTER TABLE reply
  DROP CONSTRAINT reply_taken_as_check,
  ADD CONSTRAINT reply_taken_as_check CHECK (taken_as IN
    ('consent', 'lesson', 'dialog', 'people', 'stopped', 'untold')),
  ADD COLUMN untold_at timestamptz;                -- when it goes to people (business time); null: it is known what it is
UPDATE reply SET untold_at = received_at WHERE taken_as IS NULL AND answered_at IS NULL;
CREATE INDEX reply_untold ON reply (untold_at) WHERE untold_at IS NOT NULL;
CREATE INDEX reply_open_or_untold ON reply (phone_number, position)
  WHERE (read_at IS NULL OR answered_at IS NULL) AND (taken_as IS NULL OR taken_as IN ('people', 'stopped', 'untold'));
DROP INDEX reply_open;
ALTER INDEX reply_open_or_untold RENAME TO reply_open;
