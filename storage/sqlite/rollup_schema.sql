-- Rollups: what an hour of a route seen from a region comes to, and each of its minutes. Executed
-- after result_schema.sql in a new file, and by the way from layout 2.
--
-- Why it is like this
--   1,000 routes have 576 million minutes in 400 days: as a row each some 60 bytes or more, 35 GB, and
--   the writer has no time for them. So one row holds the 60 minutes of an hour. Of most minutes there is
--   nothing to say but how long its few good answers took; so each latency is the number of its
--   bucket (storage/latency_sketch.h) in as many bits as the hour's least and greatest differ by
--   (some seven), and all else is a list of exceptions. That is the minute's mergeable sketch and, by
--   rank, its percentiles. tests/bench/README.md has what it comes to.
--   An hour is a row of plain columns with its percentiles beside the mergeable sketch: a year of a
--   route is 8,760 of them. Minutes have a table of their own, so that hours lie close together.
--   Pages show days of every route, 90,000 at a time, for which even a row a day is too slow: day_span
--   has 16 of them in a row (storage/day_span.h), for us alone.
--   `id` is series × 2^32 + the number of the hour (or of the span) since the epoch: what a question
--   reads lies together, and retention takes whole pages.
--   An hour is made from the results of its time, as often as results for it come in: rollup_due (in
--   result_schema.sql) has the hours that are to be made, written with the results themselves. So
--   nothing is lost or counted twice, whenever the process ends, and late results and clock steps do
--   no harm. Retention forgets no result that is to be rolled up; a rollup whose results are
--   forgotten is not made again from what is left.

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

-- The latency that stands for each bucket.
CREATE TABLE latency_bucket (n INTEGER PRIMARY KEY, us INTEGER NOT NULL) STRICT;
INSERT INTO latency_bucket (n, us)
WITH RECURSIVE bucket (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM bucket WHERE n < 895)
SELECT n, CASE WHEN n < 64 THEN n ELSE (2 * (n % 32 + 32) + 1) << (n / 32 - 1) >> 1 END FROM bucket;

-- Each hour of a route seen from a region, up to the last ten minutes or so. results: all of them;
-- scheduled: without confirmations, those of a blind region and those of maintenance; good: ok among
-- these. known_us: how
-- much of the hour the state was known, up_us: how much of that it was up (storage/uptime.h). The
-- latencies are those of scheduled results that are ok or slow: NULL where there is none; min and max
-- are exact, percentiles within 1.6 %. outcomes, statuses: how many results have each, as JSON
-- objects. A condition on route reaches an index:
--   SELECT start, p95_us, statuses ->> '502' FROM rollups_hour WHERE route = 'shop/cart'
--   SELECT sum(up_us) * 100.0 / sum(known_us) FROM rollups_hour WHERE route = 'shop/cart'
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

-- Each day of UTC, from its hours. The columns are those of rollups_hour, but for percentiles, which
-- plain SQL cannot have from sketches: the API adds them up. A condition on route reaches an index:
--   SELECT start, up_us * 100.0 / known_us FROM rollups_day WHERE route = 'shop/cart'
CREATE VIEW rollups_day AS
SELECT
  strftime('%Y-%m-%dT%H:%M:%SZ', day * 86400, 'unixepoch') AS start,
  day * 86400000000 AS start_us,
  route, region, results,
  (SELECT ifnull(sum(json_extract(value, '$[3]')), 0)
   FROM hour_rollup, json_each(ifnull(answers, json_array(json_array('ok', 200, 1, results))))
   WHERE hour_rollup.id >= first AND hour_rollup.id < first + 24
     AND json_extract(value, '$[2]') AND json_extract(value, '$[0]') <> 'vantage') AS scheduled,
  (SELECT ifnull(sum(json_extract(value, '$[3]')), 0)
   FROM hour_rollup, json_each(ifnull(answers, json_array(json_array('ok', 200, 1, results))))
   WHERE hour_rollup.id >= first AND hour_rollup.id < first + 24
     AND json_extract(value, '$[2]') AND json_extract(value, '$[0]') = 'ok') AS good,
  known_us, up_us, min_us, max_us,
  (SELECT json_group_object(outcome, count) FROM (
    SELECT json_extract(value, '$[0]') AS outcome, sum(json_extract(value, '$[3]')) AS count
    FROM hour_rollup, json_each(ifnull(answers, json_array(json_array('ok', 200, 1, results))))
    WHERE hour_rollup.id >= first AND hour_rollup.id < first + 24
    GROUP BY 1)) AS outcomes,
  (SELECT json_group_object(CAST(status AS TEXT), count) FROM (
    SELECT json_extract(value, '$[1]') AS status, sum(json_extract(value, '$[3]')) AS count
    FROM hour_rollup, json_each(ifnull(answers, json_array(json_array('ok', 200, 1, results))))
    WHERE hour_rollup.id >= first AND hour_rollup.id < first + 24
    GROUP BY 1)) AS statuses
FROM (
  SELECT
    route.text AS route, region.text AS region,
    (hour_rollup.id & 0xffffffff) / 24 AS day,
    (series.id << 32) + (hour_rollup.id & 0xffffffff) / 24 * 24 AS first,
    sum(results) AS results, sum(known_us) AS known_us, sum(up_us) AS up_us,
    min(min_us) AS min_us, max(max_us) AS max_us
  FROM route
  JOIN series ON series.route = route.id
  JOIN region ON region.id = series.region
  CROSS JOIN hour_rollup
    ON hour_rollup.id >= series.id << 32 AND hour_rollup.id < series.id + 1 << 32
  GROUP BY route.text, series.id, (hour_rollup.id & 0xffffffff) / 24);

-- Each minute in which there were results. The columns are those of rollups_hour, but for what only
-- longer times have. A condition on route reaches an index, one on hour_us goes before unpacking:
--   SELECT start, results, good FROM rollups_minute WHERE route = 'shop/cart' AND hour_us >= X
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
