-- Up Migration

-- Better tried again (apps/migrate) than everybody kept waiting behind it.
SET LOCAL lock_timeout = '2s';

-- Numbers on WhatsApp are senders of their own, known by their address: whatsapp:+14155550110.
ALTER TABLE sender DROP CONSTRAINT IF EXISTS sender_type_check;
ALTER TABLE sender DROP CONSTRAINT IF EXISTS sender_type;
ALTER TABLE sender ADD CONSTRAINT sender_type CHECK (type IN ('long_code', 'toll_free', 'short_code', 'whatsapp'));
ALTER TABLE sender DROP CONSTRAINT IF EXISTS sender_on_whatsapp;
ALTER TABLE sender ADD CONSTRAINT sender_on_whatsapp CHECK ((type = 'whatsapp') = (sender_number LIKE 'whatsapp:%'));
