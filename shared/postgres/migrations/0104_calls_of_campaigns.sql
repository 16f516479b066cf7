-- Up Migration

-- Somebody who took the call of a campaign. What was allowed stays so: nothing has to be looked through (0106 does, later).
ALTER TABLE campaign_contact
  DROP CONSTRAINT campaign_contact_state_check,
  ADD CONSTRAINT campaign_contact_state_check CHECK (state IN
    ('pending', 'queued', 'sent', 'delivered', 'answered', 'failed', 'undelivered', 'held', 'blocked', 'skipped',
     'cancelled')) NOT VALID;

-- Of calls, once they are over, as call_log has it. Null: of a text, or not known.
ALTER TABLE campaign_delivery
  ADD COLUMN call_outcome text,
  ADD COLUMN call_seconds integer,
  ADD COLUMN call_price   numeric,
  ADD COLUMN call_currency text;
