
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
  until_us      INTEGER NOT NULL,    -- no block that has it ends later; it goes when that is too old
  interval_us   INTEGER NOT NULL DEFAULT 0 -- of the route at that time; 0: not recorded
) STRICT;
CREATE INDEX circumstance_by_route ON circumstance (route, certificate, status);
CREATE INDEX circumstance_by_interval ON circumstance (route, interval_us);
CREATE INDEX circumstance_by_until ON circumstance (until_us);
CREATE INDEX circumstance_by_certificate ON circumstance (certificate)
  WHERE certificate IS NOT NULL;

CREATE TABLE failure (
  id       INTEGER PRIMARY KEY,
  trace_id TEXT NOT NULL,
  detail   TEXT NOT NULL
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

CREATE TABLE rollup_due (
  hour     INTEGER NOT NULL,
  routes   INTEGER NOT NULL,
  until_us INTEGER NOT NULL DEFAULT 0, -- what is before is rolled up, of an hour that is not over
  PRIMARY KEY (hour, routes)
) STRICT, WITHOUT ROWID;

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
  ifnull(
    (SELECT head FROM evidence_item AS item
     WHERE item.route = circumstance.route AND item.started_us = result.started_us
       AND item.trace_id = failure.trace_id AND item.region = circumstance.region), '')
    AS response_head,
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

CREATE VIEW changes AS
SELECT
  id,
  strftime('%Y-%m-%dT%H:%M:%S', at_us / 1000000, 'unixepoch')
    || printf('.%06dZ', at_us % 1000000) AS at,
  at_us,
  routes, text, link, author
FROM change;

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

CREATE TABLE series (
  id     INTEGER PRIMARY KEY,
  route  INTEGER NOT NULL REFERENCES route,
  region INTEGER NOT NULL REFERENCES region,
  UNIQUE (route, region)
) STRICT;

CREATE TABLE hour_rollup (
  id        INTEGER PRIMARY KEY,
  results   INTEGER NOT NULL,
  known_us  INTEGER NOT NULL,
  up_us     INTEGER NOT NULL,
  min_us    INTEGER,
  p50_us    INTEGER,
  p95_us    INTEGER,
  p99_us    INTEGER,
  max_us    INTEGER,
  answers   TEXT,                    -- storage/answer_list.h; NULL: all are scheduled, ok, 200
  sketch    BLOB NOT NULL
) STRICT;

CREATE TABLE minute_rollup (
  id          INTEGER PRIMARY KEY,
  status      INTEGER NOT NULL,      -- storage/minute_block.h
  step        INTEGER NOT NULL,
  end_base    INTEGER NOT NULL,
  end_bits    INTEGER NOT NULL,
  bucket_base INTEGER NOT NULL,
  bucket_bits INTEGER NOT NULL,
  others      TEXT,
  data        BLOB NOT NULL
) STRICT;

CREATE TABLE day_span (
  id   INTEGER PRIMARY KEY,
  data BLOB NOT NULL
) STRICT;

CREATE TABLE latency_bucket (n INTEGER PRIMARY KEY, us INTEGER NOT NULL) STRICT;
INSERT INTO latency_bucket (n, us)
WITH RECURSIVE bucket (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM bucket WHERE n < 895)
SELECT n, CASE WHEN n < 64 THEN n ELSE (2 * (n % 32 + 32) + 1) << (n / 32 - 1) >> 1 END FROM bucket;

CREATE VIEW rollups_hour AS
SELECT
  strftime('%Y-%m-%dT%H:%M:%SZ', (hour_rollup.id & 0xffffffff) * 3600, 'unixepoch') AS start,
  (hour_rollup.id & 0xffffffff) * 3600000000 AS start_us,
  route.text AS route,
  region.text AS region,
  results,
  CASE WHEN answers IS NULL THEN results ELSE (
    SELECT ifnull(sum(json_extract(value, '$[3]')), 0) FROM json_each(answers)
    WHERE json_extract(value, '$[2]') AND json_extract(value, '$[0]') <> 'vantage') END AS scheduled,
  CASE WHEN answers IS NULL THEN results ELSE (
    SELECT ifnull(sum(json_extract(value, '$[3]')), 0) FROM json_each(answers)
    WHERE json_extract(value, '$[2]') AND json_extract(value, '$[0]') = 'ok') END AS good,
  known_us, up_us,
  min_us, p50_us, p95_us, p99_us, max_us,
  CASE WHEN answers IS NULL THEN json_object('ok', results) ELSE (
    SELECT json_group_object(outcome, count) FROM (
      SELECT json_extract(value, '$[0]') AS outcome, sum(json_extract(value, '$[3]')) AS count
      FROM json_each(answers) GROUP BY 1)) END AS outcomes,
  CASE WHEN answers IS NULL THEN json_object('200', results) ELSE (
    SELECT json_group_object(CAST(status AS TEXT), count) FROM (
      SELECT json_extract(value, '$[1]') AS status, sum(json_extract(value, '$[3]')) AS count
      FROM json_each(answers) GROUP BY 1)) END AS statuses
FROM route
JOIN series ON series.route = route.id
JOIN region ON region.id = series.region
CROSS JOIN hour_rollup
  ON hour_rollup.id >= series.id << 32 AND hour_rollup.id < series.id + 1 << 32;

CREATE VIEW rollups_minute AS
SELECT
  strftime('%Y-%m-%dT%H:%M:%SZ', hour_us / 1000000 + minute * 60, 'unixepoch') AS start,
  hour_us + minute * 60000000 AS start_us,
  hour_us,
  route.text AS route,
  region.text AS region,
  timed + (SELECT ifnull(sum(json_extract(value, '$[5]')), 0) FROM json_each(others)
    WHERE minute BETWEEN json_extract(value, '$[0]') AND json_extract(value, '$[1]')
      AND NOT (json_extract(value, '$[4]') AND json_extract(value, '$[2]') IN ('ok', 'slow')))
    AS results,
  timed + (SELECT ifnull(sum(json_extract(value, '$[5]')), 0) FROM json_each(others)
    WHERE minute BETWEEN json_extract(value, '$[0]') AND json_extract(value, '$[1]')
      AND json_extract(value, '$[4]')
      AND json_extract(value, '$[2]') NOT IN ('ok', 'slow', 'vantage')) AS scheduled,
  timed - (SELECT ifnull(sum(json_extract(value, '$[5]')), 0) FROM json_each(others)
    WHERE minute BETWEEN json_extract(value, '$[0]') AND json_extract(value, '$[1]')
      AND json_extract(value, '$[4]') AND json_extract(value, '$[2]') = 'slow') AS good,
  CASE WHEN timed > 0 THEN (SELECT us FROM latency_bucket AS l WHERE l.n = bucket_base + ((
      SELECT ifnull(sum((instr((SELECT list FROM byte),
        substr(data, (60 * end_bits + bucket_bits * (first + (timed * 50 + 99) / 100 - 1)) / 8 + o.n, 1)) - 1)
        << (60 * end_bits + bucket_bits * (first + (timed * 50 + 99) / 100 - 1)) % 8 + bucket_bits - 8 * o.n), 0)
      FROM ordinal AS o WHERE o.n BETWEEN 1 AND ((60 * end_bits + bucket_bits * (first + (timed * 50 + 99) / 100 - 1)) % 8 + bucket_bits + 7) / 8)
      & ~(-1 << bucket_bits)))
  END AS p50_us,
  CASE WHEN timed > 0 THEN (SELECT us FROM latency_bucket AS l WHERE l.n = bucket_base + ((
      SELECT ifnull(sum((instr((SELECT list FROM byte),
        substr(data, (60 * end_bits + bucket_bits * (first + (timed * 95 + 99) / 100 - 1)) / 8 + o.n, 1)) - 1)
        << (60 * end_bits + bucket_bits * (first + (timed * 95 + 99) / 100 - 1)) % 8 + bucket_bits - 8 * o.n), 0)
      FROM ordinal AS o WHERE o.n BETWEEN 1 AND ((60 * end_bits + bucket_bits * (first + (timed * 95 + 99) / 100 - 1)) % 8 + bucket_bits + 7) / 8)
      & ~(-1 << bucket_bits)))
  END AS p95_us,
  CASE WHEN timed > 0 THEN (SELECT us FROM latency_bucket AS l WHERE l.n = bucket_base + ((
      SELECT ifnull(sum((instr((SELECT list FROM byte),
        substr(data, (60 * end_bits + bucket_bits * (first + (timed * 99 + 99) / 100 - 1)) / 8 + o.n, 1)) - 1)
        << (60 * end_bits + bucket_bits * (first + (timed * 99 + 99) / 100 - 1)) % 8 + bucket_bits - 8 * o.n), 0)
      FROM ordinal AS o WHERE o.n BETWEEN 1 AND ((60 * end_bits + bucket_bits * (first + (timed * 99 + 99) / 100 - 1)) % 8 + bucket_bits + 7) / 8)
      & ~(-1 << bucket_bits)))
  END AS p99_us,
  (SELECT json_group_object(outcome, count) FROM (
    SELECT outcome, sum(count) AS count FROM (
      SELECT 'ok' AS outcome, timed - (
        SELECT ifnull(sum(json_extract(value, '$[5]')), 0) FROM json_each(others)
        WHERE minute BETWEEN json_extract(value, '$[0]') AND json_extract(value, '$[1]')
          AND json_extract(value, '$[4]')
          AND json_extract(value, '$[2]') IN ('ok', 'slow')) AS count
      UNION ALL
      SELECT json_extract(value, '$[2]'), json_extract(value, '$[5]') FROM json_each(others)
      WHERE minute BETWEEN json_extract(value, '$[0]') AND json_extract(value, '$[1]'))
    WHERE count > 0 GROUP BY outcome)) AS outcomes,
  (SELECT json_group_object(CAST(answer AS TEXT), count) FROM (
    SELECT answer, sum(count) AS count FROM (
      SELECT status AS answer, timed - (
        SELECT ifnull(sum(json_extract(value, '$[5]')), 0) FROM json_each(others)
        WHERE minute BETWEEN json_extract(value, '$[0]') AND json_extract(value, '$[1]')
          AND json_extract(value, '$[4]')
          AND json_extract(value, '$[2]') IN ('ok', 'slow')) AS count
      UNION ALL
      SELECT json_extract(value, '$[3]'), json_extract(value, '$[5]') FROM json_each(others)
      WHERE minute BETWEEN json_extract(value, '$[0]') AND json_extract(value, '$[1]'))
    WHERE count > 0 GROUP BY answer)) AS statuses
FROM (
  SELECT *, upto - first AS timed FROM (
    SELECT
      (minute_rollup.id & 0xffffffff) * 3600000000 AS hour_us,
      series.route AS series_route, series.region AS series_region, minute.n AS minute, status,
      end_bits, bucket_base, bucket_bits, ifnull(others, '[]') AS others, data,
      step * minute.n + CASE WHEN minute.n = 0 THEN 0 ELSE end_base + ((
          SELECT ifnull(sum((instr((SELECT list FROM byte),
            substr(data, (minute.n - 1) * end_bits / 8 + o.n, 1)) - 1)
            << (minute.n - 1) * end_bits % 8 + end_bits - 8 * o.n), 0)
          FROM ordinal AS o WHERE o.n BETWEEN 1 AND ((minute.n - 1) * end_bits % 8 + end_bits + 7) / 8)
          & ~(-1 << end_bits)) END AS first,
      step * (minute.n + 1) + end_base + ((
          SELECT ifnull(sum((instr((SELECT list FROM byte),
            substr(data, minute.n * end_bits / 8 + o.n, 1)) - 1)
            << minute.n * end_bits % 8 + end_bits - 8 * o.n), 0)
          FROM ordinal AS o WHERE o.n BETWEEN 1 AND (minute.n * end_bits % 8 + end_bits + 7) / 8)
          & ~(-1 << end_bits)) AS upto
    FROM series
    CROSS JOIN minute_rollup
      ON minute_rollup.id >= series.id << 32 AND minute_rollup.id < series.id + 1 << 32
    CROSS JOIN ordinal AS minute ON minute.n < 60)) AS minutes
JOIN route ON route.id = series_route
CROSS JOIN region ON region.id = series_region
WHERE timed > 0 OR EXISTS (
  SELECT 1 FROM json_each(others)
  WHERE minute BETWEEN json_extract(value, '$[0]') AND json_extract(value, '$[1]'));

CREATE TABLE evidence_item (
  id                INTEGER PRIMARY KEY,
  route             INTEGER NOT NULL REFERENCES route,
  region            INTEGER NOT NULL REFERENCES region,
  started_us        INTEGER NOT NULL,
  outcome           INTEGER NOT NULL REFERENCES word,
  reason            INTEGER NOT NULL REFERENCES word,
  status            INTEGER NOT NULL,
  stays             INTEGER NOT NULL,
  bytes             INTEGER NOT NULL,
  trace_id          TEXT NOT NULL,
  kind              INTEGER NOT NULL REFERENCES word,
  last_phase        INTEGER NOT NULL REFERENCES word,
  dns_us            INTEGER NOT NULL,
  connect_us        INTEGER NOT NULL,
  tls_us            INTEGER NOT NULL,
  send_us           INTEGER NOT NULL,
  wait_us           INTEGER NOT NULL,
  receive_us        INTEGER NOT NULL,
  body_size         INTEGER NOT NULL,
  redirects         INTEGER NOT NULL,
  remote            TEXT,
  resolved          TEXT NOT NULL,
  resolver          TEXT NOT NULL,
  http_version      TEXT NOT NULL,
  tls_version       INTEGER NOT NULL REFERENCES word,
  tls_cipher        INTEGER NOT NULL REFERENCES word,
  cert_not_before_us INTEGER,
  cert_not_after_us INTEGER,
  cert_subject      TEXT,
  cert_issuer       TEXT,
  cert_fingerprint  TEXT,
  cert_expiring     INTEGER NOT NULL,
  interval_us       INTEGER NOT NULL,
  chain_fingerprint TEXT NOT NULL,
  detail            TEXT NOT NULL,
  request_ids       TEXT NOT NULL,
  body_length       INTEGER NOT NULL,
  body_complete     INTEGER NOT NULL,
  body_sha256       TEXT NOT NULL,
  body_hashed       INTEGER NOT NULL,
  head              TEXT NOT NULL,   -- last: long ones lie on pages that other columns do not touch
  body              BLOB NOT NULL
) STRICT;
CREATE INDEX evidence_by_route ON evidence_item (route, started_us);
CREATE INDEX evidence_by_time ON evidence_item (started_us, bytes);

CREATE VIEW evidence AS
SELECT
  item.id,
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
  resolved,
  resolver,
  http_version,
  tls_version.text AS tls_version,
  tls_cipher.text AS tls_cipher,
  strftime('%Y-%m-%dT%H:%M:%SZ', cert_not_before_us / 1000000, 'unixepoch') AS cert_not_before,
  cert_not_before_us,
  strftime('%Y-%m-%dT%H:%M:%SZ', cert_not_after_us / 1000000, 'unixepoch') AS cert_not_after,
  cert_not_after_us,
  cert_subject,
  cert_issuer,
  cert_fingerprint,
  cert_expiring,
  interval_us,
  chain_fingerprint,
  trace_id,
  detail,
  request_ids,
  body_length,
  body_complete,
  body_sha256,
  body_hashed,
  head,
  body
FROM evidence_item AS item
JOIN route ON route.id = item.route
CROSS JOIN region ON region.id = item.region
CROSS JOIN word AS kind ON kind.id = item.kind
CROSS JOIN word AS outcome ON outcome.id = item.outcome
CROSS JOIN word AS reason ON reason.id = item.reason
CROSS JOIN word AS last_phase ON last_phase.id = item.last_phase
CROSS JOIN word AS tls_version ON tls_version.id = item.tls_version
CROSS JOIN word AS tls_cipher ON tls_cipher.id = item.tls_cipher;
