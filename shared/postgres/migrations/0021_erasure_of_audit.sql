-- Up Migration

-- As the history of consent, the audit log lets one change through: a person's number gives way to its hash, and with it
-- the reason that somebody wrote down about their text.
CREATE OR REPLACE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.subject_id = OLD.subject_id OR OLD.subject_id LIKE '+%' AND NEW.subject_id ~ '^erased:[0-9]+:[0-9a-f]{64}$')
       AND coalesce(NEW.before ->> 'phoneNumber', 'erased:') LIKE 'erased:%'
       AND coalesce(NEW.after ->> 'phoneNumber', 'erased:') LIKE 'erased:%'
       AND coalesce(NEW.after ->> 'reason', 'erased') IN ('erased', OLD.after ->> 'reason')
       AND (NEW.before - 'phoneNumber') IS NOT DISTINCT FROM (OLD.before - 'phoneNumber')
       AND (NEW.after - 'phoneNumber' - 'reason') IS NOT DISTINCT FROM (OLD.after - 'phoneNumber' - 'reason')
       AND (to_jsonb(NEW) - ARRAY['subject_id', 'before', 'after']) = (to_jsonb(OLD) - ARRAY['subject_id', 'before', 'after'])
    THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
