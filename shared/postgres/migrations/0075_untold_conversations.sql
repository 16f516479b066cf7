-- Up Migration

-- What a conversation was when a text opened it of which the dialog had not said yet what becomes of it: it is that again
-- when the dialog answers the text after all and nothing else is there to be done. Null: it is open for what is in it, or
-- because somebody decided so. Of one that is not open it means nothing.
ALTER TABLE conversation
  ADD COLUMN opened_from         text CHECK (opened_from IN ('closed', 'snoozed')),
  ADD COLUMN opened_from_snoozed timestamptz, -- until when it had been put off
  ADD CHECK ((opened_from IS NOT DISTINCT FROM 'snoozed') = (opened_from_snoozed IS NOT NULL));
