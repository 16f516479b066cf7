-- Up Migration

-- What the rules responder knows: words that people text, and what they are answered.
CREATE TABLE agent_rule (
  rule_id     uuid        NOT NULL PRIMARY KEY,
  topic       text        NOT NULL UNIQUE,
  action      text        NOT NULL CHECK (action IN ('answer', 'hand_over')),
  phrases     jsonb       NOT NULL,                -- by language, lists of texts
  unless      jsonb       NOT NULL DEFAULT '{}',   -- the same: with one of them it is another topic
  answers     jsonb       NOT NULL DEFAULT '{}',   -- by language
  campaign_id uuid,                                -- of its texts alone; null: of all
  our_number  text,                                -- for texts to this number alone; null: to any
  enabled     boolean     NOT NULL DEFAULT true,
  version     integer     NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  CHECK (action = 'hand_over' OR answers <> '{}')
);

-- Whether the agent answers texts that belong to a campaign, or that come to a number. No row: it does not. A text of a
-- campaign that has a row goes by that one.
CREATE TABLE agent_mode (
  campaign_id uuid        UNIQUE,
  our_number  text        UNIQUE,
  mode        text        NOT NULL CHECK (mode IN ('off', 'draft', 'automatic')),
  version     integer     NOT NULL DEFAULT 1,
  updated_at  timestamptz NOT NULL,
  updated_by  text        NOT NULL,
  CHECK ((campaign_id IS NULL) <> (our_number IS NULL))
);

-- A text that the agent was given, once each, and what became of it.
CREATE TABLE agent_answer (
  reply_id        uuid        NOT NULL PRIMARY KEY,
  conversation_id uuid        NOT NULL,
  phone_number    text        NOT NULL,
  our_number      text        NOT NULL,
  campaign_id     uuid,
  mode            text        NOT NULL CHECK (mode IN ('draft', 'automatic')),
  state           text        NOT NULL DEFAULT 'due' CHECK (state IN
                    ('due', 'drafted', 'sent', 'rejected', 'handed_over', 'silent', 'overtaken')),
  reason          text,                            -- why people have it, or why its answer came to nothing
  detail          text,                            -- of a fault, or the rule of the gate: nothing about the person
  given_at        timestamptz NOT NULL,            -- business time
  due_at          timestamptz,                     -- due: not before (business time)
  claim           uuid,                            -- of the task that has it in hand
  claimed_until   timestamptz,                     -- after this another task may take it (real time)
  claims          integer     NOT NULL DEFAULT 0,
  asked_at        timestamptz,                     -- a responder that must not be asked twice was asked (real time)
  source          text,                            -- which responder
  source_version  text,
  topic           text,                            -- of the rule, where there is one
  input           text,                            -- the text, as the responder was given it
  turns           smallint,                        -- how much of what was said before it was given
  output          text,                            -- as it came from the responder
  body            text,                            -- made fit for SMS: what is drafted, or was sent
  edited          boolean     NOT NULL DEFAULT false, -- somebody sent something else instead
  first_ms        integer,                         -- until the first of the answer was there; null: it came at once
  answer_ms       integer,                         -- until all of it was there
  input_tokens    integer,
  output_tokens   integer,
  message_id      uuid,                            -- that it was sent as
  settled_at      timestamptz,                     -- business time
  settled_by      text                             -- who sent or rejected the draft; null: nobody did by hand
) WITH (fillfactor = 70);
CREATE INDEX agent_answer_due ON agent_answer (due_at) WHERE state = 'due';
CREATE INDEX agent_answer_conversation ON agent_answer (conversation_id, given_at DESC, reply_id DESC);
CREATE INDEX agent_answer_list ON agent_answer (given_at DESC, reply_id DESC);
CREATE INDEX agent_answer_open ON agent_answer (conversation_id) WHERE state IN ('due', 'drafted');
CREATE INDEX agent_answer_phone ON agent_answer (phone_number);
