-- Up Migration

-- Of a call: since when it is known to be over. Under way is one that a carrier has, or may have, and that is not. Its indexes
-- are built in 0101: whoever reads the table would wait for them behind this.
ALTER TABLE attempt ADD COLUMN over_at timestamptz;

-- Tasks that send texts and tasks that make calls share no rate.
ALTER TABLE sender_task ADD COLUMN channel text NOT NULL DEFAULT 'sms' CHECK (channel IN ('sms', 'voice'));
