-- Up Migration

-- Keys under which numbers of erased people are hashed. `proof` is the hash of a fixed text: a service whose key of the
-- same version is another one would find nobody, and must not start.
CREATE TABLE erasure_key (
  key_version integer NOT NULL PRIMARY KEY,
  proof       text    NOT NULL
);

-- People whose data was erased, by the keyed hash of their number, which stands in place of the number wherever a row
-- was kept. A row is for ever: what was said before `erased_at` and arrives late is dropped by it.
CREATE TABLE erased_phone (
  pseudonym      text        NOT NULL PRIMARY KEY CHECK (pseudonym ~ '^erased:[0-9]+:[0-9a-f]{64}$'),
  key_version    integer     NOT NULL REFERENCES erasure_key,
  erased_at      timestamptz NOT NULL,           -- business time, of the last erasure
  completed_at   timestamptz,                    -- business time; null: an erasure broke off, and is to be run again
  dialog_version bigint      NOT NULL DEFAULT 0, -- of the last batch of dialog events; the next dialog counts on from it
  reason         text        NOT NULL,
  erased_by      text        NOT NULL
);

-- The history stays append-only, with one exception, which changes nothing that it proves: a number may give way to its
-- hash, once, and with it what was said in a person's own words.
CREATE OR REPLACE FUNCTION consent_history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'consent_change' THEN
    IF OLD.phone_number NOT LIKE 'erased:%' AND NEW.phone_number ~ '^erased:[0-9]+:[0-9a-f]{64}$'
       AND NEW.original_message IS NULL AND NEW.affirmative_action IS NULL AND NEW.url IS NULL AND NEW.ip IS NULL
       AND NEW.user_agent IS NULL AND NEW.external_id IS NULL AND NEW.tracking_id IS NULL
       AND NEW.cause IN (OLD.cause, 'erased')
       AND (to_jsonb(NEW) - ARRAY['phone_number', 'original_message', 'affirmative_action', 'url', 'ip', 'user_agent',
                                  'external_id', 'tracking_id', 'cause'])
         = (to_jsonb(OLD) - ARRAY['phone_number', 'original_message', 'affirmative_action', 'url', 'ip', 'user_agent',
                                  'external_id', 'tracking_id', 'cause'])
    THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'the history of consent is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE INDEX consent_word_seen_phone ON consent_word_seen (phone_number);
