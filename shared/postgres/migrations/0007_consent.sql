-- Up Migration

-- Wording that people saw when they gave consent, word for word, kept once: a change refers to it by its SHA-256.
CREATE TABLE consent_disclosure (
  hash          text        NOT NULL PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
  wording       text        NOT NULL,
  first_used_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The history: what was asked or given, how, and what proves it. `position` is the order of the changes of one phone,
-- given out under the lock on its row.
ALTER TABLE consent_change
  ADD COLUMN position           bigint  NOT NULL GENERATED ALWAYS AS IDENTITY,
  ADD COLUMN scope              text    NOT NULL DEFAULT 'sender',      -- 'sender': everything; else a topic
  ADD COLUMN channels           text[]  NOT NULL DEFAULT '{sms,voice}'  -- what the person spoke of; see docs/consent.md
    CHECK (channels <> '{}' AND channels <@ ARRAY['sms', 'voice']),
  ADD COLUMN granted            text[]  NOT NULL DEFAULT '{}'
    CHECK (granted <@ ARRAY['informational', 'marketing_in_writing', 'artificial_voice']
           AND (status = 'opted_in' OR granted = '{}')),
  ADD COLUMN found_late         boolean NOT NULL DEFAULT false,         -- an opt-in older than what is known already
  ADD COLUMN deadline           date,                                   -- pending: last day to honour it, US Eastern
  ADD COLUMN rule               text,                                   -- what read the text as what it is
  ADD COLUMN disclosure_hash    text    REFERENCES consent_disclosure,
  ADD COLUMN affirmative_action text,                                   -- what the person did: ticked, signed, said
  ADD COLUMN url                text,
  ADD COLUMN ip                 text,
  ADD COLUMN user_agent         text,
  ADD COLUMN actor              text,                                   -- who recorded it; null: the person's own act
  ADD COLUMN external_id        text,                                   -- of the contact, in the organisation's records
  ADD COLUMN tracking_id        text,                                   -- of the request, in the organisation's records
  ADD COLUMN reverses           uuid    UNIQUE REFERENCES consent_change,
  ADD COLUMN reversal_reason    text    CHECK (reversal_reason IN ('misread_text', 'import_fault', 'clerical_error')),
  ADD CONSTRAINT consent_change_pending CHECK ((status = 'pending_opt_out') = (deadline IS NOT NULL)),
  ADD CONSTRAINT consent_change_reversal
    CHECK ((reverses IS NULL) = (reversal_reason IS NULL) AND (reverses IS NULL OR status = 'opted_in'));
DROP INDEX consent_change_phone;
CREATE UNIQUE INDEX consent_change_phone ON consent_change (phone_number, position);

-- No right of any service can change the history; this holds for everybody else too. (TRUNCATE is the owner's alone.)
CREATE FUNCTION consent_history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the history of consent is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON consent_change
  FOR EACH ROW EXECUTE FUNCTION consent_history_is_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON consent_disclosure
  FOR EACH ROW EXECUTE FUNCTION consent_history_is_append_only();

-- Where a phone stands, by scope: the fold of its history (shared/consent/standing.ts), written with every change.
CREATE TABLE consent_standing (
  phone_number text        NOT NULL,
  scope        text        NOT NULL,
  status       text        NOT NULL CHECK (status IN ('opted_in', 'pending_opt_out', 'opted_out')),
  consents     jsonb       NOT NULL,           -- in force: [{changeId, granted, givenAt}]
  change_id    uuid        NOT NULL,           -- the change that the status follows from
  requested_at timestamptz NOT NULL,           -- of that change
  revoked_at   timestamptz,                    -- newest request to stop, whether or not it was lifted since
  deadline     date        CHECK ((status = 'pending_opt_out') = (deadline IS NOT NULL)),
  PRIMARY KEY (phone_number, scope)
) WITH (fillfactor = 80);
-- For lists: what is pending by its deadline, everything else by phone number.
CREATE INDEX consent_standing_list
  ON consent_standing (status, (coalesce(deadline, 'infinity'::date)), phone_number, scope);

INSERT INTO consent_standing (phone_number, scope, status, consents, change_id, requested_at, revoked_at)
SELECT DISTINCT ON (phone_number)
       phone_number, 'sender', CASE WHEN suppression.change_id IS NULL THEN 'opted_in' ELSE 'opted_out' END, '[]',
       coalesce(suppression.change_id, consent_change.change_id), consent_change.requested_at,
       (SELECT max(requested_at) FROM consent_change AS revocation
         WHERE revocation.phone_number = consent_change.phone_number AND status <> 'opted_in')
  FROM consent_change LEFT JOIN suppression USING (phone_number)
 ORDER BY phone_number, consent_change.change_id = suppression.change_id DESC NULLS LAST, position DESC;

-- Suppression stays what it is, for any scope: the standings that block.
ALTER TABLE suppression
  ADD COLUMN scope text NOT NULL DEFAULT 'sender',
  DROP CONSTRAINT suppression_pkey,
  ADD PRIMARY KEY (phone_number, scope);

-- Texts that a person should read: free text that was taken for a revocation, and texts that may be one.
CREATE TABLE consent_review (
  review_id        uuid        NOT NULL PRIMARY KEY, -- of the text: the command that it became
  phone_number     text        NOT NULL,
  original_message text        NOT NULL,
  rule             text        NOT NULL,
  change_id        uuid,                             -- the revocation made of it; null: nothing was suppressed
  requested_at     timestamptz NOT NULL,
  deadline         date        NOT NULL,             -- last day to honour it, if it is a revocation (US Eastern)
  opened_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  outcome          text        CHECK (outcome IN ('kept', 'suppressed', 'restored')), -- null: open
  resolved_at      timestamptz,
  resolved_by      text,
  reason           text,
  CHECK ((outcome IS NULL) = (resolved_at IS NULL) AND (outcome IS NULL) = (resolved_by IS NULL))
);
CREATE INDEX consent_review_open ON consent_review (deadline, review_id) WHERE outcome IS NULL;
CREATE INDEX consent_review_phone ON consent_review (phone_number);
