-- Up Migration

-- Of a call: since when it is known to be over. Under way is one that a carrier has, or may have, and that is not.
ALTER TABLE attempt ADD COLUMN over_at timestamptz;
CREATE INDEX attempt_call_under_way ON attempt (phone_number)
  WHERE channel = 'voice' AND over_at IS NULL AND state IN ('posting', 'ambiguous', 'accepted');
-- When its carrier is asked what became of it, or what it cost.
CREATE INDEX attempt_call_asked ON attempt (next_look_at) WHERE channel = 'voice' AND state = 'accepted';

-- Tasks that send texts and tasks that make calls share no rate.
ALTER TABLE sender_task ADD COLUMN channel text NOT NULL DEFAULT 'sms' CHECK (channel IN ('sms', 'voice'));
