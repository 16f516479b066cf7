-- Up Migration

ALTER TABLE campaign
  -- Everybody who changed the draft, its author apart: none of them may approve it.
  ADD COLUMN edited_by text[] NOT NULL DEFAULT '{}',
  -- What keeps it from going on, for programs; `reason` says it to people. Null: nothing, or somebody paused it.
  ADD COLUMN waits_for text;

UPDATE campaign SET waits_for = CASE WHEN status = 'scheduled' THEN 'slot' ELSE 'approval' END
 WHERE status = 'scheduled' AND reason LIKE 'Waits for a slot:%'
    OR status = 'paused' AND reason LIKE 'Its audience of % a second person has to approve it.';
