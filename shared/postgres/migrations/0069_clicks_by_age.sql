-- Up Migration

-- Requests for short links are forgotten after some time, the oldest first; they come in the order of their time.
CREATE INDEX link_click_age ON link_click (clicked_at);

COMMENT ON COLUMN campaign_contact.due_at IS
  'pending, held: not before; queued: of a lesson, since when it waits for its answer (business time)';
