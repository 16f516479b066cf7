-- Up Migration

CREATE INDEX IF NOT EXISTS attempt_call_under_way ON attempt (phone_number)
  WHERE channel = 'voice' AND over_at IS NULL AND state IN ('posting', 'ambiguous', 'accepted');
-- When its carrier is asked what became of it, or what it cost.
CREATE INDEX IF NOT EXISTS attempt_call_asked ON attempt (next_look_at) WHERE channel = 'voice' AND state = 'accepted';
