-- Up Migration

-- Copies of the national do-not-call registry. The complete one with the newest date is in force; a load that broke off
-- has no completed_at, counts for nothing and goes with the next load. Rows of earlier lists stay as the record of what
-- was in force when, without their numbers.
CREATE TABLE do_not_call_list (
  list_id      bigint      NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  list_date    date        NOT NULL,              -- of the registry, not of the load
  loaded_at    timestamptz NOT NULL,              -- business time at which the load began
  loaded_by    text        NOT NULL,
  sources      jsonb       NOT NULL DEFAULT '[]', -- [{name, sha256}], once it is complete
  prefixes     text[]      NOT NULL DEFAULT '{}', -- '+1415': area codes with numbers in it; of others it says nothing
  numbers      bigint,
  completed_at timestamptz,                       -- business time
  emptied_at   timestamptz,                       -- when its numbers were gone, after a newer one came in force
  CHECK ((completed_at IS NULL) = (numbers IS NULL))
);
CREATE INDEX do_not_call_list_in_force ON do_not_call_list (list_date DESC, list_id DESC)
  WHERE completed_at IS NOT NULL;

CREATE TABLE do_not_call_number (
  list_id      bigint NOT NULL,
  phone_number text   NOT NULL,
  PRIMARY KEY (list_id, phone_number)
);

-- Answers of the Reassigned Numbers Database. The one asked last counts; those before it stay, because they prove what
-- was known when.
CREATE TABLE reassigned_answer (
  phone_number text        NOT NULL,
  asked_on     date        NOT NULL,
  answer       text        NOT NULL CHECK (answer IN ('yes', 'no', 'no_data')),
  asked_about  date        NOT NULL, -- the day that was asked with: of consent, or of the last certain contact
  loaded_at    timestamptz NOT NULL, -- business time
  PRIMARY KEY (phone_number, asked_on) INCLUDE (answer, loaded_at)
);

-- One row for every load that came to its end.
CREATE TABLE reassigned_load (
  load_id   bigint      NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  asked_on  date        NOT NULL,
  loaded_at timestamptz NOT NULL,
  loaded_by text        NOT NULL,
  sources   jsonb       NOT NULL, -- [{name, sha256}]
  yes       bigint      NOT NULL,
  no        bigint      NOT NULL,
  no_data   bigint      NOT NULL
);
CREATE INDEX reassigned_load_newest ON reassigned_load (asked_on, load_id);
