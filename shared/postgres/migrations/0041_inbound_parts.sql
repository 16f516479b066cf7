-- Up Migration

-- Parts of texts, of carriers that hand them on as they come. A part is here before its webhook is answered; what it became
-- a part of is decided under the lock on the person's phone, once.
CREATE TABLE inbound_part (
  carrier            text        NOT NULL,
  carrier_message_id text        NOT NULL,
  phone_number       text        NOT NULL,
  our_number         text        NOT NULL,
  reference          text        NOT NULL,
  number             smallint    NOT NULL CHECK (number BETWEEN 1 AND count),
  count              smallint    NOT NULL,
  body               text        NOT NULL,
  media              jsonb       NOT NULL,
  received_at        timestamptz NOT NULL, -- at the carrier
  heard_at           timestamptz NOT NULL, -- here (business time)
  due_at             timestamptz NOT NULL, -- business time: then the text goes, without what is missing
  joined_as          text,                 -- carrier's id by which the text is known that it is a part of
  taken_in_at        timestamptz,          -- the stream has that text (real time)
  PRIMARY KEY (carrier, carrier_message_id)
);
CREATE INDEX inbound_part_waiting ON inbound_part (phone_number, our_number, reference) WHERE joined_as IS NULL;
CREATE INDEX inbound_part_joined ON inbound_part (carrier, joined_as) WHERE joined_as IS NOT NULL;
CREATE INDEX inbound_part_due ON inbound_part (due_at) WHERE taken_in_at IS NULL;
CREATE INDEX inbound_part_age ON inbound_part (taken_in_at) WHERE taken_in_at IS NOT NULL;
