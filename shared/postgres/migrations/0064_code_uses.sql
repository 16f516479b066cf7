-- Up Migration

-- How often people registered with a code of a programme; codes that nobody used have no row.
CREATE TABLE registration_code_use (
  programme_slug text    NOT NULL,
  code           text    NOT NULL,                      -- as texts are compared with it: lower case, bare
  uses           integer NOT NULL,
  PRIMARY KEY (programme_slug, code)
) WITH (fillfactor = 50);
