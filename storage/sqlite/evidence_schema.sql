-- Evidence: executed after result_schema.sql in a new file, and by the ways from older layouts.
--
-- Why it is like this
--   A row for each failing exchange whose evidence is kept, with all that its result says: evidence
--   outlives results, and a full disk takes it first. Nothing refers to it; a result finds its own
--   by route, time and trace.
--   Of a storm of equal failures the first, the last and one a minute are kept
--   (storage/failure_storm.h). The last one so far does not stay (`stays` is 0): the storm's next
--   failure takes its row, so that a storm costs a write for each batch and a row for each minute.
--   Heads and bodies are not compressed: any program with SQLite reads the view.
--   bytes: what a row takes, about; the index alone gives their sum, which has a bound.

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
  head              TEXT NOT NULL,   -- long ones lie on pages that the columns before do not touch
  body              BLOB NOT NULL,
  maintenance       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX evidence_by_route ON evidence_item (route, started_us);
CREATE INDEX evidence_by_time ON evidence_item (started_us, bytes);

-- What failing exchanges showed. Columns that results has too mean the same here. resolved: the
-- addresses of the name, JSON for json_each(); remote: the one that was chosen; resolver: who was
-- asked for them, '' for nobody. chain_fingerprint: SHA-256 over the SHA-256 of every certificate
-- that came. request_ids: JSON, [{"name":"CF-Ray","value":"…"}, …]. head: status line and headers,
-- redacted, 16 KiB at most. body: a BLOB, the first 8 KiB of the content after Content-Encoding was
-- undone, redacted; body_length: of that content as far as it was read; body_complete: 1 where that
-- was to its end. body_sha256: of its first body_hashed bytes as they came.
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
  maintenance,
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
