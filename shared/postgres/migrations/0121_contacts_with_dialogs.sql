-- Up Migration

-- Contacts and dialogs that were there before are compared once. Not before the version before is gone, which says nothing of
-- the contacts that it changes.
INSERT INTO contact_news (phone_number, due_at)
SELECT phone_number, now() + interval '15 minutes' FROM contact JOIN dialog_state USING (phone_number);
