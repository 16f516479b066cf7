-- Up Migration

-- Drills as people went through them, and what they add up to per prompt: written by the progress consumer in the
-- transaction that follows the events, so that the sums equal the events behind them at every commit.
CREATE TABLE drill_instance (
  phone_number      text        NOT NULL,
  drill_instance_id uuid        NOT NULL,
  programme_slug    text        NOT NULL,         -- '': of none
  drill_slug        text        NOT NULL,
  drill_version     integer     NOT NULL,
  language          text        NOT NULL,         -- in which the prompt was asked
  prompt_slug       text        NOT NULL,         -- asked last: waits for an answer, or is where it ended
  prompt_place      integer     NOT NULL,         -- of that prompt in its drill, from 0
  prompt_started_at timestamptz NOT NULL,         -- business time, as all here
  tries             integer     NOT NULL,         -- answers to that prompt so far
  started_at        timestamptz NOT NULL,
  ended_at          timestamptz,
  ended             text        CHECK (ended IN ('completed', 'replaced', 'opted_out', 'left', 'reset')),
  PRIMARY KEY (phone_number, drill_instance_id),
  CHECK ((ended_at IS NULL) = (ended IS NULL))
);
CREATE INDEX drill_instance_in_flight ON drill_instance (phone_number) WHERE ended_at IS NULL;
CREATE INDEX drill_instance_timeline ON drill_instance (phone_number, started_at, drill_instance_id);

-- One row for each prompt, version and language that somebody was asked in. Counts of times that it was asked.
CREATE TABLE drill_report (
  programme_slug    text    NOT NULL,
  drill_slug        text    NOT NULL,
  drill_version     integer NOT NULL,
  language          text    NOT NULL,
  prompt_slug       text    NOT NULL,
  place             integer NOT NULL,
  reached           bigint  NOT NULL DEFAULT 0,
  passed            bigint  NOT NULL DEFAULT 0,   -- right answer
  passed_first      bigint  NOT NULL DEFAULT 0,   -- at the first try
  noted             bigint  NOT NULL DEFAULT 0,   -- answered, with nothing to compare it with
  wrong             bigint  NOT NULL DEFAULT 0,   -- wrong answers, the last ones among them
  abandoned         bigint  NOT NULL DEFAULT 0,   -- wrong to the last try
  reminded          bigint  NOT NULL DEFAULT 0,
  closed            bigint  NOT NULL DEFAULT 0,   -- said as the last word of the drill, which asks nothing
  completed         bigint  NOT NULL DEFAULT 0,   -- drills that it was the last prompt of
  dropped_replaced  bigint  NOT NULL DEFAULT 0,   -- unanswered when another drill began
  dropped_opted_out bigint  NOT NULL DEFAULT 0,
  dropped_left      bigint  NOT NULL DEFAULT 0,   -- the person asked for something that ends a drill
  dropped_reset     bigint  NOT NULL DEFAULT 0,   -- registered anew, or ended by staff
  dropped_erased    bigint  NOT NULL DEFAULT 0,
  answer_times      integer[] NOT NULL,            -- first answers by the time they took: shared/reports/answer-times.ts
  PRIMARY KEY (programme_slug, drill_slug, drill_version, language, prompt_slug)
);
CREATE INDEX drill_report_drill ON drill_report (drill_slug);

-- Wrong answers by their words, at most some hundred of a prompt: the rest is counted as '' without an example. Guarded by
-- the lock on the prompt's row of drill_report.
CREATE TABLE drill_wrong_answer (
  programme_slug text    NOT NULL,
  drill_slug     text    NOT NULL,
  drill_version  integer NOT NULL,
  language       text    NOT NULL,
  prompt_slug    text    NOT NULL,
  answer         text    NOT NULL,                -- as its tokens
  example        text,                            -- as somebody wrote it
  only_phone     text,                            -- who alone has written it so far; null: several people have
  count          bigint  NOT NULL,
  PRIMARY KEY (programme_slug, drill_slug, drill_version, language, prompt_slug, answer)
);
CREATE INDEX drill_wrong_answer_only ON drill_wrong_answer (only_phone) WHERE only_phone IS NOT NULL;
