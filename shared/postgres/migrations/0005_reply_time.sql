-- Up Migration

-- Of a message of an answer: when the carrier handed us the text that it answers (business time), or whose opt-out it
-- confirms. The gate judges by it, and the time to a reply is measured from it, to the first message of the answer.
ALTER TABLE message
  ADD COLUMN caused_at   timestamptz,
  ADD COLUMN opens_batch boolean NOT NULL DEFAULT true;
