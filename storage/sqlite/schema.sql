-- The gatewatch database: one SQLite file, PATH, with PATH-wal and PATH-shm beside it while it is
-- in use and PATH.lock, which is locked for as long as a daemon writes here.
--
-- What you may rely on
--   The views (incidents, incident_routes, incident_events, deliveries; results, which is in
--   result_schema.sql; silences, changes, gaps, in annotation_schema.sql; rollups_day, rollups_hour
--   and rollups_minute, in rollup_schema.sql; evidence, in evidence_schema.sql) are the public format:
--   query them with sqlite3 while the daemon runs,
--     sqlite3 -readonly PATH "SELECT started, route, status FROM results WHERE status = 502"
--   and they keep their columns when the tables below change. The tables are ours: their layout
--   changes between versions.
--   The header's application_id is 0x67776174 ("gwat"), its user_version the number of the layout
--   (6 is this one). An older layout is migrated at the daemon's start, a newer one is refused.
--
-- Conventions of the views
--   Every time comes twice: NAME is text in UTC (2026-11-20T10:05:06.123456Z), NAME_us the same in
--   microseconds since the Unix epoch: compare and sort by that one, it is what the indexes hold.
--   Durations end in _us too. Text that is absent is '', a number that is absent is 0, so that
--   comparisons need no IS NULL; NULL is kept for times that have not come (resolved, acknowledged, finished),
--   an address that was never known (remote), and a certificate that was never seen (cert_…).
--   Text that came from a server is stored as it came, byte by byte: treat it as hostile.
--
-- Why it is like this
--   WAL: readers never wait for the writer nor the writer for them. A batch of results is committed
--   with synchronous=NORMAL: it survives the end of the process, and power loss takes what the
--   kernel had not written out yet (some 30 seconds). A batch with incident steps or deliveries is
--   committed with synchronous=FULL: what people are told must not be forgotten.
--   Results and rollups are nearly all of the file: result_schema.sql and rollup_schema.sql say how
--   they are packed.
--   auto_vacuum=INCREMENTAL: retention deletes and gives pages back in small steps, without the
--   long lock of a full VACUUM.
--   STRICT: a column holds the type that it says.

CREATE TABLE route (
  id   INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE region (
  id   INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

-- Words from closed lists: outcomes, reasons, kinds, phases, TLS versions and ciphers.
CREATE TABLE word (
  id   INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

-- Certificates that results showed; one goes with its last result.
CREATE TABLE certificate (
  id            INTEGER PRIMARY KEY,
  fingerprint   TEXT NOT NULL,
  not_before_us INTEGER NOT NULL,
  not_after_us  INTEGER NOT NULL,    -- the earliest of the chain: not a property of the leaf alone
  subject       TEXT NOT NULL,
  issuer        TEXT NOT NULL,
  UNIQUE (fingerprint, not_before_us, not_after_us, subject, issuer)
) STRICT;

CREATE TABLE incident (
  id          INTEGER PRIMARY KEY,
  rule        TEXT NOT NULL,
  gateway     TEXT NOT NULL,
  severity    TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('open', 'resolved')),
  since_us    INTEGER NOT NULL,
  opened_us   INTEGER NOT NULL,
  resolved_us INTEGER,
  last_event  INTEGER NOT NULL,
  acknowledged_us INTEGER,
  acknowledged_by TEXT NOT NULL DEFAULT '',
  held_by     TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE incident_route (
  incident INTEGER NOT NULL REFERENCES incident,
  position INTEGER NOT NULL,
  route    TEXT NOT NULL,            -- its name: an incident outlives the results of its routes
  since_us INTEGER NOT NULL,
  firing   INTEGER NOT NULL,
  probes   INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  regions  TEXT NOT NULL,            -- a JSON array of names
  PRIMARY KEY (incident, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE incident_event (
  incident INTEGER NOT NULL REFERENCES incident DEFERRABLE INITIALLY DEFERRED,
  sequence INTEGER NOT NULL,
  at_us    INTEGER NOT NULL,
  kind     TEXT NOT NULL,
  text     TEXT NOT NULL,
  PRIMARY KEY (incident, sequence)
) STRICT, WITHOUT ROWID;

-- The outbox. No reference to the event: a delivery on its way must be recorded even where the file
-- that held its incident was lost.
CREATE TABLE delivery (
  id              INTEGER PRIMARY KEY, -- grows in the order of arrival, which is that of telling
  key             TEXT NOT NULL UNIQUE,
  incident        INTEGER NOT NULL,
  sequence        INTEGER NOT NULL,
  channel         TEXT NOT NULL,
  notification    TEXT NOT NULL,
  state           TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
  attempts        INTEGER NOT NULL,
  created_us      INTEGER NOT NULL,
  next_attempt_us INTEGER NOT NULL,
  finished_us     INTEGER,
  last_error      TEXT NOT NULL
) STRICT;
CREATE INDEX delivery_pending ON delivery (id) WHERE state = 'pending';
CREATE INDEX delivery_by_incident ON delivery (incident);

-- Incidents as they are now. since: the first failing result; opened: when the rule fired.
-- state: open or resolved. last_event: the sequence number of its newest event. acknowledged,
-- acknowledged_by: when somebody took it on, and who. held_by: what holds its notifications back, as
-- 'silence 3'.
CREATE VIEW incidents AS
SELECT
  id, rule, gateway, severity, state,
  strftime('%Y-%m-%dT%H:%M:%S', since_us / 1000000, 'unixepoch')
    || printf('.%06dZ', since_us % 1000000) AS since,
  since_us,
  strftime('%Y-%m-%dT%H:%M:%S', opened_us / 1000000, 'unixepoch')
    || printf('.%06dZ', opened_us % 1000000) AS opened,
  opened_us,
  strftime('%Y-%m-%dT%H:%M:%S', resolved_us / 1000000, 'unixepoch')
    || printf('.%06dZ', resolved_us % 1000000) AS resolved,
  resolved_us,
  last_event,
  strftime('%Y-%m-%dT%H:%M:%S', acknowledged_us / 1000000, 'unixepoch')
    || printf('.%06dZ', acknowledged_us % 1000000) AS acknowledged,
  acknowledged_us,
  acknowledged_by,
  held_by
FROM incident;

-- The routes of each incident, in their order. probes, failures: results since its `since`, and
-- those that matched the rule. regions: JSON, for json_each(). firing: 0 once it has recovered.
CREATE VIEW incident_routes AS
SELECT
  incident, position, route,
  strftime('%Y-%m-%dT%H:%M:%S', since_us / 1000000, 'unixepoch')
    || printf('.%06dZ', since_us % 1000000) AS since,
  since_us,
  firing, probes, failures, regions
FROM incident_route;

-- What happened to an incident, numbered from 1 without gaps. text: one sentence.
CREATE VIEW incident_events AS
SELECT
  incident, sequence,
  strftime('%Y-%m-%dT%H:%M:%S', at_us / 1000000, 'unixepoch')
    || printf('.%06dZ', at_us % 1000000) AS at,
  at_us,
  kind, text
FROM incident_event;

-- Each notification on its way to each channel. state: pending, delivered or failed. key: its
-- identity over attempts and restarts. notification: JSON. last_error: '' where there is none.
CREATE VIEW deliveries AS
SELECT
  id, key, incident, sequence, channel, notification, state, attempts,
  strftime('%Y-%m-%dT%H:%M:%S', created_us / 1000000, 'unixepoch')
    || printf('.%06dZ', created_us % 1000000) AS created,
  created_us,
  strftime('%Y-%m-%dT%H:%M:%S', next_attempt_us / 1000000, 'unixepoch')
    || printf('.%06dZ', next_attempt_us % 1000000) AS next_attempt,
  next_attempt_us,
  strftime('%Y-%m-%dT%H:%M:%S', finished_us / 1000000, 'unixepoch')
    || printf('.%06dZ', finished_us % 1000000) AS finished,
  finished_us,
  last_error
FROM delivery;
