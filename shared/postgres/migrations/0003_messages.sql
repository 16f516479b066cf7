-- Up Migration

-- One row per phone number: the lock under which everything about sending to it is decided. A STOP, a claim and a
-- new message of one phone exclude each other here. Always locked in the order of phone_number.
CREATE TABLE phone (
  phone_number text        NOT NULL PRIMARY KEY,
  last_ordinal bigint      NOT NULL DEFAULT 0, -- of the newest message
  next_send_at timestamptz,                    -- not before (real time): a pause, or a short wait after a failure
  next_send_batch uuid                         -- only messages of this batch wait for next_send_at
) WITH (fillfactor = 70);

-- One row per outgoing message, from the moment it exists. The queue entry only says that the phone has messages.
CREATE TABLE message (
  message_id    uuid        NOT NULL PRIMARY KEY,
  phone_number  text        NOT NULL,
  ordinal       bigint      NOT NULL,          -- order per phone number
  lane          text        NOT NULL CHECK (lane IN ('replies', 'bulk')),
  intent        text        NOT NULL CHECK (intent IN ('reply', 'opt_out_confirmation', 'help', 'transactional', 'marketing')),
  sender_number text        NOT NULL,
  body          text        NOT NULL,
  media_urls    text[]      NOT NULL DEFAULT '{}',
  batch_id      uuid        NOT NULL,          -- messages of one batch go with a pause between them
  cause_id      uuid        NOT NULL,          -- the event (or campaign contact) behind it
  created_at    timestamptz NOT NULL,
  -- Written by the sender from here on.
  state         text        NOT NULL DEFAULT 'queued' CHECK (state IN
                  ('queued', 'posting', 'ambiguous', 'held', 'sent', 'failed', 'blocked', 'unknown', 'cancelled')),
  generation    integer     NOT NULL DEFAULT 0,
  attempts      integer     NOT NULL DEFAULT 0,
  deferrals     integer     NOT NULL DEFAULT 0, -- requests in a row that the carrier did not take: lengthens the wait
  due_at        timestamptz,                   -- held: when it comes back (business time)
  rule          text,                          -- why it is held, blocked, failed or unknown
  queued_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  settled_at    timestamptz,
  UNIQUE (phone_number, ordinal)
) WITH (fillfactor = 80);
-- What a claim reads, what the due-row loop reads, and what the sweep for lost turns reads.
CREATE INDEX message_unsent ON message (phone_number, lane, ordinal)
  WHERE state IN ('queued', 'posting', 'ambiguous', 'held');
CREATE INDEX message_exempt ON message (phone_number, ordinal)
  WHERE state IN ('queued', 'held') AND intent IN ('opt_out_confirmation', 'help');
CREATE INDEX message_due ON message (due_at) WHERE state = 'held';
CREATE INDEX message_waiting ON message (queued_at) WHERE state = 'queued';

-- One row per request to a carrier, written before the request starts.
CREATE TABLE attempt (
  attempt_id         uuid        NOT NULL PRIMARY KEY,
  message_id         uuid        NOT NULL,
  phone_number       text        NOT NULL,
  carrier            text        NOT NULL,
  sender_number      text        NOT NULL,
  state              text        NOT NULL CHECK (state IN
                       ('posting', 'ambiguous', 'accepted', 'refused', 'not_sent', 'unknown')),
  posted_at          timestamptz NOT NULL DEFAULT clock_timestamp(), -- real time
  ended_at           timestamptz,
  carrier_message_id text,
  error_code         text,
  empty_listings     integer     NOT NULL DEFAULT 0,
  last_listed_at     timestamptz,              -- real time, as posted_at
  next_look_at       timestamptz               -- ambiguous: when to ask the carrier next (real time)
) WITH (fillfactor = 80);
CREATE INDEX attempt_open ON attempt (phone_number) WHERE state IN ('posting', 'ambiguous');
CREATE INDEX attempt_posting ON attempt (posted_at) WHERE state = 'posting';
CREATE INDEX attempt_ambiguous ON attempt (next_look_at) WHERE state = 'ambiguous';
CREATE INDEX attempt_message ON attempt (message_id);
CREATE INDEX attempt_carrier_id ON attempt (phone_number, carrier_message_id) WHERE carrier_message_id IS NOT NULL;

-- Every change of a person's consent, appended and never changed. change_id derives from the carrier's message id, so
-- a repeated START cannot lift a later STOP.
CREATE TABLE consent_change (
  change_id        uuid        NOT NULL PRIMARY KEY,
  phone_number     text        NOT NULL,
  status           text        NOT NULL CHECK (status IN ('opted_in', 'pending_opt_out', 'opted_out')),
  method           text        NOT NULL CHECK (method IN ('sms', 'email', 'voice', 'web', 'manual', 'carrier', 'import')),
  original_message text,
  cause            text        NOT NULL,
  requested_at     timestamptz NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX consent_change_phone ON consent_change (phone_number, recorded_at);

-- Texts whose word is an opt-in only for somebody who is opted out ("yes"), and that came while they were not: they
-- meant something else and stay that way, so that a repeated one cannot lift a later STOP.
CREATE TABLE consent_word_seen (
  change_id    uuid        NOT NULL PRIMARY KEY,
  phone_number text        NOT NULL,
  seen_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Numbers that nothing may be sent to. Never expires; only an opt-in of the person lifts it.
CREATE TABLE suppression (
  phone_number text        NOT NULL PRIMARY KEY,
  change_id    uuid        NOT NULL,
  source       text        NOT NULL CHECK (source IN ('user_opt_out', 'admin_import', 'compliance', 'carrier')),
  reason       text        NOT NULL,
  added_at     timestamptz NOT NULL
);

-- Per carrier: until when we know that we heard everything people texted. Sending holds while in doubt.
CREATE TABLE inbound_watch (
  carrier             text        NOT NULL PRIMARY KEY,
  alive_at            timestamptz NOT NULL,           -- a gateway was listening (real time)
  outage_since        timestamptz,                    -- not null: nobody listened since, and the sweep is not done
  listening_since     timestamptz NOT NULL DEFAULT clock_timestamp(), -- the first start: nothing older is swept
  swept_at            timestamptz,                    -- inbound messages up to here were compared with the carrier's list
  sweep_claim         uuid,                           -- of the task that sweeps; an outage takes it away
  sweep_claimed_until timestamptz                     -- after this another task may sweep
);
