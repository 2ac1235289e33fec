CREATE TABLE route (
  id   INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE region (
  id   INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE word (
  id   INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;
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
  last_event  INTEGER NOT NULL
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
  last_event
FROM incident;
CREATE VIEW incident_routes AS
SELECT
  incident, position, route,
  strftime('%Y-%m-%dT%H:%M:%S', since_us / 1000000, 'unixepoch')
    || printf('.%06dZ', since_us % 1000000) AS since,
  since_us,
  firing, probes, failures, regions
FROM incident_route;
CREATE VIEW incident_events AS
SELECT
  incident, sequence,
  strftime('%Y-%m-%dT%H:%M:%S', at_us / 1000000, 'unixepoch')
    || printf('.%06dZ', at_us % 1000000) AS at,
  at_us,
  kind, text
FROM incident_event;
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
CREATE TABLE circumstance (
  id            INTEGER PRIMARY KEY,
  route         INTEGER NOT NULL REFERENCES route,
  region        INTEGER NOT NULL REFERENCES region,
  kind          INTEGER NOT NULL REFERENCES word,
  outcome       INTEGER NOT NULL REFERENCES word,
  reason        INTEGER NOT NULL REFERENCES word,
  status        INTEGER NOT NULL,
  last_phase    INTEGER NOT NULL REFERENCES word,
  redirects     INTEGER NOT NULL,
  remote        TEXT,
  http_version  TEXT NOT NULL,
  tls_version   INTEGER NOT NULL REFERENCES word,
  tls_cipher    INTEGER NOT NULL REFERENCES word,
  certificate   INTEGER REFERENCES certificate,
  cert_expiring INTEGER NOT NULL,
  until_us      INTEGER NOT NULL     -- no block that has it ends later; it goes when that is too old
) STRICT;
CREATE INDEX circumstance_by_route ON circumstance (route, certificate, status);
CREATE INDEX circumstance_by_until ON circumstance (until_us);
CREATE INDEX circumstance_by_certificate ON circumstance (certificate)
  WHERE certificate IS NOT NULL;
CREATE TABLE failure (
  id            INTEGER PRIMARY KEY,
  trace_id      TEXT NOT NULL,
  detail        TEXT NOT NULL,
  response_head TEXT NOT NULL        -- last: long ones lie on pages that other columns do not touch
) STRICT;
CREATE TABLE block (
  id       INTEGER PRIMARY KEY,
  route    INTEGER REFERENCES route, -- NULL, like region: not a span, the results have any
  region   INTEGER REFERENCES region,
  from_us  INTEGER NOT NULL,         -- its oldest result and its newest
  to_us    INTEGER NOT NULL,
  count    INTEGER NOT NULL,
  step_us  INTEGER NOT NULL,
  circumstance_end INTEGER NOT NULL,
  failure_end INTEGER NOT NULL,
  started_end INTEGER NOT NULL,
  dns_end INTEGER NOT NULL,
  connect_end INTEGER NOT NULL,
  tls_end INTEGER NOT NULL,
  send_end INTEGER NOT NULL,
  wait_end INTEGER NOT NULL,
  receive_end INTEGER NOT NULL,
  body_end INTEGER NOT NULL,
  circumstance_base INTEGER NOT NULL,
  failure_base INTEGER NOT NULL,
  started_base INTEGER NOT NULL,
  dns_base INTEGER NOT NULL,
  connect_base INTEGER NOT NULL,
  tls_base INTEGER NOT NULL,
  send_base INTEGER NOT NULL,
  wait_base INTEGER NOT NULL,
  receive_base INTEGER NOT NULL,
  body_base INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT;
CREATE INDEX block_by_route ON block (route, to_us, from_us) WHERE route IS NOT NULL;
CREATE INDEX block_by_time ON block (to_us, from_us) WHERE route IS NOT NULL;
CREATE TABLE ordinal (n INTEGER PRIMARY KEY) STRICT;
INSERT INTO ordinal (n)
WITH RECURSIVE place (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM place WHERE n < 511)
SELECT n FROM place;
CREATE TABLE byte (list BLOB NOT NULL) STRICT;
INSERT INTO byte (list) VALUES (
  CAST(
    x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'
    || x'202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f'
    || x'404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f'
    || x'606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f'
    || x'808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f'
    || x'a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf'
    || x'c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf'
    || x'e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff' AS BLOB));
CREATE VIEW result_numbers AS
SELECT
  id AS block,
  route AS block_route,
  from_us, to_us,
  place,
  circumstance_base + ((
    SELECT ifnull(sum((instr((SELECT list FROM byte),
      substr(data, bit / 8 + o.n, 1)) - 1)
      << bit % 8 + circumstance_end - 8 * o.n), 0)
    FROM ordinal AS o
    WHERE o.n BETWEEN 1 AND (bit % 8 + circumstance_end + 7) / 8)
    & ~(-1 << circumstance_end)) AS circumstance,
  failure_base + nullif((
    SELECT ifnull(sum((instr((SELECT list FROM byte),
      substr(data, (bit + circumstance_end) / 8 + o.n, 1)) - 1)
      << (bit + circumstance_end) % 8 + failure_end - circumstance_end - 8 * o.n), 0)
    FROM ordinal AS o
    WHERE o.n BETWEEN 1 AND ((bit + circumstance_end) % 8 + failure_end - circumstance_end + 7) / 8)
    & ~(-1 << failure_end - circumstance_end), 0) AS failure,
  started_base + step_us * place + ((
    SELECT ifnull(sum((instr((SELECT list FROM byte),
      substr(data, (bit + failure_end) / 8 + o.n, 1)) - 1)
      << (bit + failure_end) % 8 + started_end - failure_end - 8 * o.n), 0)
    FROM ordinal AS o
    WHERE o.n BETWEEN 1 AND ((bit + failure_end) % 8 + started_end - failure_end + 7) / 8)
    & ~(-1 << started_end - failure_end)) AS started_us,
  dns_base + ((
    SELECT ifnull(sum((instr((SELECT list FROM byte),
      substr(data, (bit + started_end) / 8 + o.n, 1)) - 1)
      << (bit + started_end) % 8 + dns_end - started_end - 8 * o.n), 0)
    FROM ordinal AS o
    WHERE o.n BETWEEN 1 AND ((bit + started_end) % 8 + dns_end - started_end + 7) / 8)
    & ~(-1 << dns_end - started_end)) AS dns_us,
  connect_base + ((
    SELECT ifnull(sum((instr((SELECT list FROM byte),
      substr(data, (bit + dns_end) / 8 + o.n, 1)) - 1)
      << (bit + dns_end) % 8 + connect_end - dns_end - 8 * o.n), 0)
    FROM ordinal AS o
    WHERE o.n BETWEEN 1 AND ((bit + dns_end) % 8 + connect_end - dns_end + 7) / 8)
    & ~(-1 << connect_end - dns_end)) AS connect_us,
  tls_base + ((
    SELECT ifnull(sum((instr((SELECT list FROM byte),
      substr(data, (bit + connect_end) / 8 + o.n, 1)) - 1)
      << (bit + connect_end) % 8 + tls_end - connect_end - 8 * o.n), 0)
    FROM ordinal AS o
    WHERE o.n BETWEEN 1 AND ((bit + connect_end) % 8 + tls_end - connect_end + 7) / 8)
    & ~(-1 << tls_end - connect_end)) AS tls_us,
  send_base + ((
    SELECT ifnull(sum((instr((SELECT list FROM byte),
      substr(data, (bit + tls_end) / 8 + o.n, 1)) - 1)
      << (bit + tls_end) % 8 + send_end - tls_end - 8 * o.n), 0)
    FROM ordinal AS o
    WHERE o.n BETWEEN 1 AND ((bit + tls_end) % 8 + send_end - tls_end + 7) / 8)
    & ~(-1 << send_end - tls_end)) AS send_us,
  wait_base + ((
    SELECT ifnull(sum((instr((SELECT list FROM byte),
      substr(data, (bit + send_end) / 8 + o.n, 1)) - 1)
      << (bit + send_end) % 8 + wait_end - send_end - 8 * o.n), 0)
    FROM ordinal AS o
    WHERE o.n BETWEEN 1 AND ((bit + send_end) % 8 + wait_end - send_end + 7) / 8)
    & ~(-1 << wait_end - send_end)) AS wait_us,
  receive_base + ((
    SELECT ifnull(sum((instr((SELECT list FROM byte),
      substr(data, (bit + wait_end) / 8 + o.n, 1)) - 1)
      << (bit + wait_end) % 8 + receive_end - wait_end - 8 * o.n), 0)
    FROM ordinal AS o
    WHERE o.n BETWEEN 1 AND ((bit + wait_end) % 8 + receive_end - wait_end + 7) / 8)
    & ~(-1 << receive_end - wait_end)) AS receive_us,
  body_base + ((
    SELECT ifnull(sum((instr((SELECT list FROM byte),
      substr(data, (bit + receive_end) / 8 + o.n, 1)) - 1)
      << (bit + receive_end) % 8 + body_end - receive_end - 8 * o.n), 0)
    FROM ordinal AS o
    WHERE o.n BETWEEN 1 AND ((bit + receive_end) % 8 + body_end - receive_end + 7) / 8)
    & ~(-1 << body_end - receive_end)) AS body_size
FROM (
  SELECT block.*, n AS place, n * body_end AS bit FROM block CROSS JOIN ordinal ON n < count);
CREATE VIEW results AS
SELECT
  block * 1024 + place AS id,
  strftime('%Y-%m-%dT%H:%M:%S', started_us / 1000000, 'unixepoch')
    || printf('.%06dZ', started_us % 1000000) AS started,
  started_us,
  route.text AS route,
  region.text AS region,
  kind.text AS kind,
  outcome.text AS outcome,
  reason.text AS reason,
  status,
  last_phase.text AS last_phase,
  dns_us + connect_us + tls_us + send_us + wait_us + receive_us AS duration_us,
  dns_us, connect_us, tls_us, send_us, wait_us, receive_us,
  body_size,
  redirects,
  remote,
  http_version,
  tls_version.text AS tls_version,
  tls_cipher.text AS tls_cipher,
  strftime('%Y-%m-%dT%H:%M:%SZ', not_before_us / 1000000, 'unixepoch') AS cert_not_before,
  not_before_us AS cert_not_before_us,
  strftime('%Y-%m-%dT%H:%M:%SZ', not_after_us / 1000000, 'unixepoch') AS cert_not_after,
  not_after_us AS cert_not_after_us,
  subject AS cert_subject,
  issuer AS cert_issuer,
  fingerprint AS cert_fingerprint,
  cert_expiring,
  ifnull(trace_id, '') AS trace_id,
  ifnull(detail, '') AS detail,
  ifnull(response_head, '') AS response_head,
  from_us AS block_from_us,
  to_us AS block_to_us
FROM result_numbers AS result
CROSS JOIN circumstance ON circumstance.id = result.circumstance
JOIN route ON route.id = circumstance.route
  AND (block_route = route.id
    OR (block >= 1 << 40
      AND (block >= 1 << 52
        OR (block >= (256 + route.id / 64) << 32 AND block < (257 + route.id / 64) << 32))))
CROSS JOIN region ON region.id = circumstance.region
CROSS JOIN word AS kind ON kind.id = circumstance.kind
CROSS JOIN word AS outcome ON outcome.id = circumstance.outcome
CROSS JOIN word AS reason ON reason.id = circumstance.reason
CROSS JOIN word AS last_phase ON last_phase.id = circumstance.last_phase
CROSS JOIN word AS tls_version ON tls_version.id = circumstance.tls_version
CROSS JOIN word AS tls_cipher ON tls_cipher.id = circumstance.tls_cipher
LEFT JOIN certificate ON certificate.id = circumstance.certificate
LEFT JOIN failure ON failure.id = result.failure;
