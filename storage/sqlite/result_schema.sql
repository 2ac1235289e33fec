-- Results: executed after schema.sql in a new file, and by the way from layout 1.
--
-- Why it is like this
--   As a row of 25 columns with two indexes a result took some 170 bytes and most of the writer's
--   time. What a result shares with thousands of others (route, region, outcome, certificate, …) is
--   stored once, as a circumstance; what only a failing one has, as a failure. What is left are ten
--   numbers, and hundreds of results are one row, a block: each column has a least value and takes
--   as many bits as the greatest needs beyond it (storage/result_block.h). That is exact, to the
--   microsecond.
--   What the recorder writes at once becomes one block of the journal: one row, no index. When 8,192
--   results lie there, they move to partitions of 64 routes each; when 8,192 lie in one of those, they
--   move to spans: blocks of one route and region each, which fill a page, lie in the order of time,
--   and are found by two indexes. So each step is short, and what is written again is written with
--   many results of each route. A span lasts at most a day.
--   Results with outlying durations stay among the others, whose numbers they widen: without them the
--   pace of the times would be lost, which costs as much as is won.
--   A block goes when its newest result is too old, so that a result may stay up to a day longer.
--   The number of a block says where it is (storage/sqlite/block_table.h): spans begin at 1, the
--   partition of a route at (256 + route / 64) × 2^32, and the journal at 2^52, so that the end of
--   the table is where it grows.

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
  interval_us   INTEGER NOT NULL DEFAULT 0, -- of the route at that time; 0: not recorded
  maintenance   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX circumstance_by_route ON circumstance (route, certificate, status);
CREATE INDEX circumstance_by_interval ON circumstance (route, interval_us);
CREATE INDEX circumstance_by_until ON circumstance (until_us);
CREATE INDEX circumstance_by_certificate ON circumstance (certificate)
  WHERE certificate IS NOT NULL;

-- Of results that fail, or that have something to tell.
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

-- The hours (since the epoch) of 16 routes each (by the number of a route / 16) for which there are
-- results that their rollups lack; see rollup_schema.sql.
CREATE TABLE rollup_due (
  hour     INTEGER NOT NULL,
  routes   INTEGER NOT NULL,
  until_us INTEGER NOT NULL DEFAULT 0, -- what is before is rolled up, of an hour that is not over
  PRIMARY KEY (hour, routes)
) STRICT, WITHOUT ROWID;

-- What lets plain SQL read a block: the places in it, and every byte, whose value is its place here.
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

-- The numbers of every result. Each takes the bytes that its bits are in one by one, shifts them to
-- their place, and drops its neighbours' bits: SQLite has no other way.
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

-- Every single probe. kind: scheduled, confirmation or manual. outcome and reason: one word each.
-- status: of the last answer, 0 where no complete status line came. last_phase: where it stopped.
-- duration_us is the sum of the six phases. trace_id, detail: of results that fail. response_head:
-- of those whose evidence is kept, which the view of that name shows. interval_us: the route's own at
-- that time, 0 where it is not known. maintenance: 1 where it started within a maintenance window.
-- id: tells results of a route and a microsecond apart, in the order of arrival; it changes when
-- results move to their place. block_from_us, block_to_us: the times between which a group of
-- results lies that are stored together. A condition on route or on these reaches an index, one on
-- started_us does not:
--   SELECT … FROM results WHERE started_us >= X AND block_to_us >= X
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
  interval_us,
  maintenance,
  ifnull(trace_id, '') AS trace_id,
  ifnull(detail, '') AS detail,
  ifnull(
    (SELECT head FROM evidence_item AS item
     WHERE item.route = circumstance.route AND item.started_us = result.started_us
       AND item.trace_id = failure.trace_id AND item.region = circumstance.region), '')
    AS response_head,
  from_us AS block_from_us,
  to_us AS block_to_us
-- SQLite must read the blocks before what they point at: CROSS JOIN keeps its order. Only the route
-- may come first, and both sides of the first OR have an index: its name leads to its spans, and to
-- what lies behind all spans.
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
