-- Up Migration

-- A message that waits stops those of its own intent (docs/decisions/0008): a claim reads the first of each.
CREATE INDEX message_waiting_line ON message (phone_number, intent, ordinal)
  WHERE state IN ('queued', 'posting', 'ambiguous', 'held');
DROP INDEX message_unsent;
