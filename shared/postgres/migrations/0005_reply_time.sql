-- Up Migration

-- Of the first message of an answer: when the carrier handed us the text that it answers (business time). What the
-- time to a reply is measured from; nothing is decided by it.
ALTER TABLE message ADD COLUMN answers_text_of timestamptz;
