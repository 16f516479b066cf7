-- Up Migration

-- A campaign: something that goes to many people. What it is (until it starts), and where it stands. Whoever changes
-- where it stands, or plans messages of it, holds its row's lock: nothing is planned while somebody pauses it.
CREATE TABLE campaign (
  campaign_id    uuid        NOT NULL PRIMARY KEY, -- v7
  name           text        NOT NULL,
  type           text        NOT NULL CHECK (type IN ('sms', 'voice', 'hybrid', 'drill')),
  pool           text        NOT NULL GENERATED ALWAYS AS (CASE WHEN type IN ('sms', 'drill') THEN 'sms' ELSE 'voice' END) STORED,
  intent         text        NOT NULL CHECK (intent IN ('transactional', 'marketing')),
  definition     jsonb       NOT NULL,             -- audience, variants, windows, pace, limits: shared/campaigns/definition.ts
  status         text        NOT NULL DEFAULT 'draft' CHECK (status IN
                   ('draft', 'scheduled', 'loading', 'active', 'paused', 'completed', 'stopped', 'failed')),
  paused_from    text        CHECK (paused_from IN ('loading', 'active')), -- what resuming leads back to
  reason         text,                             -- why it failed, was paused by itself, or waits
  start_at       timestamptz,                      -- scheduled: not before; null: at once
  end_at         timestamptz,                      -- nothing goes after it
  due_at         timestamptz,                      -- when the orchestrator has to look again; null: never
  queued_at      timestamptz,                      -- since when it waits for a slot of its pool: the first come first
  paced_at       timestamptz,                      -- active: up to when its pace was used
  loaded_to      uuid,                             -- loading: contacts up to here are in the audience
  loaded_at      timestamptz,
  started_at     timestamptz,                      -- first became active
  ended_at       timestamptz,
  archived_at    timestamptz,
  created_by     text        NOT NULL,
  approved_by    text,
  approved_at    timestamptz,
  version        integer     NOT NULL DEFAULT 1,
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  CHECK ((status = 'paused') = (paused_from IS NOT NULL))
) WITH (fillfactor = 70);
CREATE INDEX campaign_due ON campaign (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX campaign_in_pool ON campaign (pool, queued_at) WHERE status IN ('scheduled', 'loading', 'active', 'paused');
CREATE INDEX campaign_list ON campaign (created_at DESC, campaign_id DESC);

-- The row that is locked by whoever takes a slot of a pool.
CREATE TABLE campaign_pool (pool text NOT NULL PRIMARY KEY CHECK (pool IN ('sms', 'voice')));
INSERT INTO campaign_pool VALUES ('sms'), ('voice');

-- One row for each person of an audience: what became of the campaign for them. Written by the campaigns service alone.
CREATE TABLE campaign_contact (
  campaign_id  uuid        NOT NULL,
  contact_id   uuid        NOT NULL,
  phone_number text        NOT NULL,
  variant      smallint    NOT NULL DEFAULT 0,
  state        text        NOT NULL DEFAULT 'pending' CHECK (state IN
                 ('pending', 'queued', 'sent', 'failed', 'undelivered', 'held', 'blocked', 'skipped', 'cancelled')),
  due_at       timestamptz,                        -- pending, held: not before
  rule         text,                               -- why it is held, blocked, skipped or failed
  message_id   uuid,                               -- of the newest message
  plans        smallint    NOT NULL DEFAULT 0,     -- messages written: names the next one
  attempts     smallint    NOT NULL DEFAULT 0,     -- of those, how many a carrier was asked to take
  replied_at   timestamptz,                        -- first answer of the contact
  settled_at   timestamptz,
  PRIMARY KEY (campaign_id, contact_id)
) WITH (fillfactor = 70);
-- A number is in an audience once. People who were erased are nobody's number any more.
CREATE UNIQUE INDEX campaign_contact_once ON campaign_contact (campaign_id, phone_number) WHERE phone_number LIKE '+%';
CREATE INDEX campaign_contact_due ON campaign_contact (campaign_id, due_at, contact_id) WHERE state IN ('pending', 'held');
CREATE INDEX campaign_contact_queued ON campaign_contact (campaign_id, message_id) WHERE state = 'queued';
-- For lists: every count opens its contacts.
CREATE INDEX campaign_contact_state ON campaign_contact (campaign_id, state, contact_id);
CREATE INDEX campaign_contact_phone ON campaign_contact (phone_number, campaign_id);

-- What the rows above add up to, changed in the same transactions as they.
CREATE TABLE campaign_count (
  campaign_id uuid     NOT NULL,
  variant     smallint NOT NULL,
  measure     text     NOT NULL,                   -- a state; or 'held:RULE', 'blocked:RULE', 'skipped:RULE', 'failed:RULE'
  value       bigint   NOT NULL,
  PRIMARY KEY (campaign_id, variant, measure)
) WITH (fillfactor = 50);

-- Of messages of campaigns: what the dispatcher and the sender look for.
CREATE INDEX message_campaign ON message (campaign_id, message_id) WHERE campaign_id IS NOT NULL;
