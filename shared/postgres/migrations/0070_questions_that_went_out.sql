-- Up Migration

-- Reminders count from when a question went out, which may be hours after the dialog asked it.
ALTER TABLE participant
  ADD COLUMN prompt_event_id uuid,        -- that asked it: names its message; null: asked before this column
  ADD COLUMN prompt_sent_at  timestamptz; -- business time; null: nobody has looked yet
