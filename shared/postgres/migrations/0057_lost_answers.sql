-- Up Migration

-- Which answer by hand a text was answered by: where that never goes, the text wants one again. Null: the conversation was
-- closed over it.
ALTER TABLE reply ADD COLUMN answered_by uuid;
-- What becomes of an answer is looked for until it is known.
ALTER TABLE conversation_answer
  ADD COLUMN reply_id uuid,        -- the newest text when it was written, whether or not somebody had answered that before
  ADD COLUMN look_at  timestamptz; -- when next (business time); null: it is known
CREATE INDEX conversation_answer_look ON conversation_answer (look_at) WHERE look_at IS NOT NULL;
