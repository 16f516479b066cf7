-- Up Migration

-- Where the short links in texts of campaigns lead: one row for each recipient and link, written with the message.
CREATE TABLE short_link (
  token        text        NOT NULL PRIMARY KEY,
  url          text,                             -- null: of somebody who was erased
  campaign_id  uuid        NOT NULL,
  contact_id   uuid,                             -- null: of a test, whose clicks are not counted
  variant      smallint    NOT NULL,
  message_id   uuid        NOT NULL,             -- the newest one in which it stands
  phone_number text        NOT NULL,
  created_at   timestamptz NOT NULL
) WITH (fillfactor = 90);
CREATE INDEX short_link_phone ON short_link (phone_number); -- for erasure

-- Every request for a short link, by people and by machines. Written by the gateway alone.
CREATE TABLE link_click (
  click_id   uuid        NOT NULL PRIMARY KEY,   -- made with the request: writing it again changes nothing
  token      text        NOT NULL,
  clicked_at timestamptz NOT NULL,
  visitor    text        NOT NULL CHECK (visitor IN ('person', 'machine')),
  rule       text,                               -- what says that it is a machine (apps/gateway/links/visitor.ts)
  CHECK ((visitor = 'machine') = (rule IS NOT NULL))
);
CREATE INDEX link_click_token ON link_click (token, clicked_at);

-- Contacts who followed a link of a campaign, once each: what `clicked` in campaign_count counts. People only.
CREATE TABLE campaign_click (
  campaign_id uuid        NOT NULL,
  contact_id  uuid        NOT NULL,
  variant     smallint    NOT NULL,
  token       text        NOT NULL,              -- the one that was followed first
  clicked_at  timestamptz NOT NULL,
  PRIMARY KEY (campaign_id, contact_id)
);

-- Messages that somebody sent to try a campaign out. They belong to no audience and are counted nowhere.
CREATE TABLE test_message (
  message_id  uuid        NOT NULL PRIMARY KEY,
  campaign_id uuid        NOT NULL,
  sent_by     text        NOT NULL,
  sent_at     timestamptz NOT NULL
);
CREATE INDEX test_message_campaign ON test_message (campaign_id, sent_at);
