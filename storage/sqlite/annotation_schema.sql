-- What is known of times: silences and changes that people told us of, and what is missing here.
-- Executed after schema.sql in a new file, and by the way from the layout before.
--
-- Rows are few and stay for ever: one that is no longer in force still explains an old incident.

CREATE TABLE silence (
  id         INTEGER PRIMARY KEY,
  routes     TEXT NOT NULL,            -- these four: JSON, whose names are globs
  tags       TEXT NOT NULL,
  rules      TEXT NOT NULL,
  regions    TEXT NOT NULL,
  starts_us  INTEGER NOT NULL,
  ends_us    INTEGER NOT NULL,
  author     TEXT NOT NULL,
  comment    TEXT NOT NULL,
  created_us INTEGER NOT NULL
) STRICT;

CREATE TABLE change (
  id     INTEGER PRIMARY KEY,
  at_us  INTEGER NOT NULL,
  routes TEXT NOT NULL,
  text   TEXT NOT NULL,
  link   TEXT NOT NULL,
  author TEXT NOT NULL
) STRICT;
CREATE INDEX change_by_time ON change (at_us);

CREATE TABLE gap (
  kind     TEXT NOT NULL,
  since_us INTEGER NOT NULL,
  until_us INTEGER NOT NULL,
  count    INTEGER NOT NULL,
  PRIMARY KEY (kind, since_us)
) STRICT, WITHOUT ROWID;

-- Notifications held back from starts until ends. routes, rules, regions: JSON arrays of globs, of
-- which one must match; tags: a JSON object, all of which must. An empty one matches everything.
-- One that was ended early has that time as its end.
CREATE VIEW silences AS
SELECT
  id, routes, tags, rules, regions,
  strftime('%Y-%m-%dT%H:%M:%S', starts_us / 1000000, 'unixepoch')
    || printf('.%06dZ', starts_us % 1000000) AS starts,
  starts_us,
  strftime('%Y-%m-%dT%H:%M:%S', ends_us / 1000000, 'unixepoch')
    || printf('.%06dZ', ends_us % 1000000) AS ends,
  ends_us,
  author, comment,
  strftime('%Y-%m-%dT%H:%M:%S', created_us / 1000000, 'unixepoch')
    || printf('.%06dZ', created_us % 1000000) AS created,
  created_us
FROM silence;

-- What was changed, like a deployment, and where. routes: a JSON array of globs; empty: everywhere.
-- link, author: '' where there is none.
CREATE VIEW changes AS
SELECT
  id,
  strftime('%Y-%m-%dT%H:%M:%S', at_us / 1000000, 'unixepoch')
    || printf('.%06dZ', at_us % 1000000) AS at,
  at_us,
  routes, text, link, author
FROM change;

-- What was seen and is not here. kind: results or evidence that found no room while the database
-- could not be written, or history, of a file that was damaged. since, until: when the first and the
-- last of them began; count: how many, 0 where nobody knows.
CREATE VIEW gaps AS
SELECT
  kind,
  strftime('%Y-%m-%dT%H:%M:%S', since_us / 1000000, 'unixepoch')
    || printf('.%06dZ', since_us % 1000000) AS since,
  since_us,
  strftime('%Y-%m-%dT%H:%M:%S', until_us / 1000000, 'unixepoch')
    || printf('.%06dZ', until_us % 1000000) AS until,
  until_us,
  count
FROM gap;
