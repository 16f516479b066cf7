-- Up Migration

-- What people texted, once each. Stored when the text comes; what the dialog made of it (taken_as) follows.
CREATE TABLE reply (
  reply_id           uuid        NOT NULL PRIMARY KEY, -- of the command: derives from the carrier and its message id
  position           bigint      NOT NULL GENERATED ALWAYS AS IDENTITY, -- texts of one phone in the order in which they were stored
  phone_number       text        NOT NULL,
  our_number         text        NOT NULL,
  contact_id         uuid,                             -- whose number it was when the text came
  campaign_id        uuid,                             -- that had last texted the number from our_number
  body               text        NOT NULL,
  media_urls         text[]      NOT NULL DEFAULT '{}',
  carrier            text        NOT NULL,
  carrier_message_id text        NOT NULL,
  received_at        timestamptz NOT NULL,
  session            integer     NOT NULL,             -- of its conversation, from 1
  taken_as           text        CHECK (taken_as IN ('consent', 'lesson', 'dialog', 'people', 'stopped')),
  read_at            timestamptz,                      -- somebody has looked at it
  answered_at        timestamptz                       -- somebody has answered it, or closed the conversation
) WITH (fillfactor = 80);
CREATE INDEX reply_phone ON reply (phone_number, received_at, reply_id);
CREATE INDEX reply_contact ON reply (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX reply_campaign ON reply (campaign_id, received_at, reply_id) WHERE campaign_id IS NOT NULL;
CREATE INDEX reply_time ON reply USING brin (received_at);
-- What people have to look at: what is marked as read and as answered.
CREATE INDEX reply_open ON reply (phone_number, position)
  WHERE (read_at IS NULL OR answered_at IS NULL) AND (taken_as IS NULL OR taken_as IN ('people', 'stopped'));

-- What the dialog made of texts that are not stored yet: the two come on different streams.
CREATE TABLE reply_verdict (
  reply_id uuid        NOT NULL PRIMARY KEY,
  taken_as text        NOT NULL,
  heard_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX reply_verdict_age ON reply_verdict (heard_at);

-- One per phone number. Its row is the lock under which texts of the number are stored, marked and counted; several are
-- locked in the order of their numbers.
CREATE TABLE conversation (
  conversation_id uuid        NOT NULL PRIMARY KEY,
  phone_number    text        NOT NULL UNIQUE,
  state           text        NOT NULL DEFAULT 'closed' CHECK (state IN ('open', 'pending', 'snoozed', 'closed')),
  snoozed_until   timestamptz,
  assignee        text,
  tags            text[]      NOT NULL DEFAULT '{}',
  unread          integer     NOT NULL DEFAULT 0 CHECK (unread >= 0),  -- texts for people that nobody has looked at
  waiting         integer     NOT NULL DEFAULT 0 CHECK (waiting >= 0), -- texts that somebody has to answer
  last_reply_id   uuid,                                -- newest text, by the time at which it was received
  last_text_at    timestamptz,
  our_number      text,                                -- that it went to, and answers come from
  campaign_id     uuid,                                -- that it belongs to
  session         integer     NOT NULL DEFAULT 0,
  session_at      timestamptz,                         -- first activity of the session
  activity_at     timestamptz,                         -- newest text or answer; null: nothing was said yet
  version         integer     NOT NULL DEFAULT 1,      -- of what people decide: state, assignee, tags
  created_at      timestamptz NOT NULL,
  CHECK ((state = 'snoozed') = (snoozed_until IS NOT NULL))
) WITH (fillfactor = 70);
CREATE INDEX conversation_list ON conversation (activity_at DESC, conversation_id DESC) WHERE activity_at IS NOT NULL;
CREATE INDEX conversation_waiting ON conversation (activity_at DESC, conversation_id DESC) WHERE waiting > 0;
CREATE INDEX conversation_unread ON conversation (activity_at DESC, conversation_id DESC) WHERE unread > 0;
CREATE INDEX conversation_state ON conversation (state, activity_at DESC, conversation_id DESC) WHERE state <> 'closed';
CREATE INDEX conversation_assignee ON conversation (assignee, activity_at DESC) WHERE assignee IS NOT NULL;
CREATE INDEX conversation_campaign ON conversation (campaign_id, activity_at DESC) WHERE campaign_id IS NOT NULL;
CREATE INDEX conversation_tags ON conversation USING gin (tags) WHERE tags <> '{}';
CREATE INDEX conversation_snoozed ON conversation (snoozed_until) WHERE state = 'snoozed';

CREATE TABLE conversation_note (
  position        bigint      NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- in the order in which they were written
  conversation_id uuid        NOT NULL REFERENCES conversation ON DELETE CASCADE,
  body            text        NOT NULL,
  written_by      text        NOT NULL,
  written_at      timestamptz NOT NULL
);
CREATE INDEX conversation_note_list ON conversation_note (conversation_id, position);

-- Who wrote which message. Its words are in the table of messages.
CREATE TABLE conversation_answer (
  message_id      uuid        NOT NULL PRIMARY KEY,
  conversation_id uuid        NOT NULL REFERENCES conversation ON DELETE CASCADE,
  answered_by     text        NOT NULL,
  answered_at     timestamptz NOT NULL
);
CREATE INDEX conversation_answer_conversation ON conversation_answer (conversation_id);

CREATE TABLE canned_reply (
  canned_reply_id uuid        NOT NULL PRIMARY KEY,
  name            text        NOT NULL UNIQUE,
  body            text        NOT NULL,
  version         integer     NOT NULL DEFAULT 1,
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL
);

-- Which campaign texted a number last, from which of ours.
CREATE INDEX message_of_campaign ON message (phone_number, sender_number, created_at) WHERE campaign_id IS NOT NULL;
-- Who has answered a campaign: for lists, and for campaigns to them.
CREATE INDEX campaign_contact_replied ON campaign_contact (campaign_id, contact_id) WHERE replied_at IS NOT NULL;
