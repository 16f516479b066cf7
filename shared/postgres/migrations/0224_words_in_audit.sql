-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Append-only as before, with the one exception of an erasure: a number gives way to its hash, and what was said of it goes. Whoever
-- discarded a record said so in `why` until now; it is `reason` everywhere from here on.
CREATE OR REPLACE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.subject_id = OLD.subject_id OR OLD.subject_id LIKE '+%' AND NEW.subject_id ~ '^erased:[0-9]+:[0-9a-f]{64}$')
       AND coalesce(NEW.before ->> 'phoneNumber', 'erased:') LIKE 'erased:%'
       AND coalesce(NEW.after ->> 'phoneNumber', 'erased:') LIKE 'erased:%'
       AND coalesce(NEW.after ->> 'reason', 'erased') IN ('erased', OLD.after ->> 'reason')
       AND coalesce(NEW.after ->> 'why', 'erased') IN ('erased', OLD.after ->> 'why')
       AND (NEW.before - 'phoneNumber') IS NOT DISTINCT FROM (OLD.before - 'phoneNumber')
       AND (NEW.after - 'phoneNumber' - 'reason' - 'why') IS NOT DISTINCT FROM (OLD.after - 'phoneNumber' - 'reason' - 'why')
       AND (to_jsonb(NEW) - ARRAY['subject_id', 'before', 'after']) = (to_jsonb(OLD) - ARRAY['subject_id', 'before', 'after'])
    THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
