-- Up Migration

-- People who take part in a programme: what they did last, the question that waits for their answer, and what is due for
-- them. Follows the dialog's events; what is due is claimed by every task of the progress service.
CREATE TABLE participant (
  phone_number      text        NOT NULL,
  programme_slug    text        NOT NULL,
  enrolled_by       text        NOT NULL CHECK (enrolled_by IN ('code', 'list', 'text')),
  enrolled_at       timestamptz NOT NULL,
  last_interacted_at timestamptz,                 -- the person did something, whatever was sent to them
  opted_out         boolean     NOT NULL DEFAULT false,
  time_zone         text,                         -- of the profile, as it was given; null: the programme's
  delivery_time     text,                         -- of the profile, like 09:30; null: the programme's
  our_number        text,                         -- that they texted last
  drill_instance_id uuid,                         -- in flight
  prompt_slug       text,                         -- waits for an answer
  prompt_started_at timestamptz,
  reminded          boolean     NOT NULL DEFAULT false, -- of that prompt
  completed_at      timestamptz,                  -- every drill of the programme
  next_start_at     timestamptz,                  -- business time, as all but the version; null: nothing is to start by itself
  remind_at         timestamptz,
  due_at            timestamptz GENERATED ALWAYS AS (least(next_start_at, remind_at)) STORED,
  last_start_at     timestamptz,                  -- a start was asked for by the schedule
  start_version     bigint,                       -- of the dialog, that this start goes by; null: it has moved on since
  armed_for         text        NOT NULL DEFAULT '', -- what of the programme the due instants follow from; '': to be worked out
  PRIMARY KEY (phone_number, programme_slug)
);
CREATE INDEX participant_due ON participant (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX participant_armed ON participant (programme_slug, armed_for);
CREATE INDEX participant_place ON participant (programme_slug, phone_number);

-- Who took part before. An erased person's rows are kept for the counts alone.
INSERT INTO participant (phone_number, programme_slug, enrolled_by, enrolled_at, last_interacted_at)
SELECT phone_number, programme_slug, 'text', min(requested_at), max(coalesce(completed_at, started_at, requested_at))
  FROM drill_progress WHERE phone_number LIKE '+%' GROUP BY phone_number, programme_slug;
UPDATE participant
   SET enrolled_by = CASE WHEN (dialog_state.state -> 'profile' ->> 'validated')::boolean THEN 'code' ELSE 'text' END,
       opted_out = coalesce((dialog_state.state -> 'profile' ->> 'optedOut')::boolean, false),
       time_zone = dialog_state.state -> 'profile' ->> 'timezone'
  FROM dialog_state WHERE dialog_state.phone_number = participant.phone_number;
