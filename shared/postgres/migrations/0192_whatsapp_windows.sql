-- Up Migration

-- The last message of each person to each of our numbers on WhatsApp: for 24 hours from then free text may go from that number.
-- Written by the gateway before the message goes on.
CREATE TABLE IF NOT EXISTS whatsapp_window (
  phone_number  text        NOT NULL,
  sender_number text        NOT NULL,
  heard_at      timestamptz NOT NULL, -- by the database's clock
  heard_on      timestamptz NOT NULL, -- business time
  PRIMARY KEY (phone_number, sender_number)
) WITH (fillfactor = 80);
