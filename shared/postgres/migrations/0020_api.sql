-- Up Migration

-- Keys of programs that use the API. Of the secret only its HMAC under the pepper of the environment is kept.
CREATE TABLE api_key (
  key_id       text        NOT NULL PRIMARY KEY CHECK (key_id ~ '^[a-z0-9]{12}$'),
  hash         bytea       NOT NULL,
  name         text        NOT NULL,
  role         text        NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  created_at   timestamptz NOT NULL,
  created_by   text        NOT NULL,
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz                     -- to the minute
);
CREATE INDEX api_key_list ON api_key (created_at DESC, key_id DESC);

-- Replies to changes that came with an Idempotency-Key, written in the transaction of the change.
CREATE TABLE api_reply (
  actor_id        text        NOT NULL,
  idempotency_key text        NOT NULL,
  request_hash    bytea       NOT NULL,
  reply           jsonb,                       -- null only inside the transaction that makes it
  created_at      timestamptz NOT NULL,
  PRIMARY KEY (actor_id, idempotency_key)
);
CREATE INDEX api_reply_age ON api_reply (created_at);

-- Who changed what through the API, appended and never changed.
CREATE TABLE audit_entry (
  position    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  occurred_at timestamptz NOT NULL,
  actor_kind  text        NOT NULL CHECK (actor_kind IN ('key', 'person', 'local', 'everybody')),
  actor_id    text,
  actor_name  text,
  operation   text        NOT NULL,
  request_id  text        NOT NULL,
  ip          text        NOT NULL,
  subject     text        NOT NULL,
  subject_id  text        NOT NULL,
  action      text        NOT NULL,
  before      jsonb,
  after       jsonb
);
CREATE INDEX audit_entry_subject ON audit_entry (subject, subject_id, position DESC);
CREATE INDEX audit_entry_actor ON audit_entry (actor_kind, actor_id, position DESC);

CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_entry
  FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only();
