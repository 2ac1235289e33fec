#include "storage/sqlite/schema.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "storage/sqlite/sqlite_store.h"
#include "tests/contracts/records_samples.h"
#include "tests/storage/raw_sqlite.h"
#include "tests/storage/temporary_directory.h"

using namespace gatewatch;
using tests::sample_time;

namespace {

// A database with one failing result and one incident, seen by a user with sqlite3.
class Example {
 public:
  Example() {
    const auto path = directory_.file("gatewatch.db");
    auto store = storage::open_sqlite_store(path, storage::OpenMode::ReadWrite);
    REQUIRE(store.has_value());
    auto failure = tests::sample_failure("shop/checkout", sample_time());
    failure.detail = "The certificate has expired.";
    failure.maintenance = true;
    auto step = tests::sample_step(1, 1);
    step.incident.acknowledged = sample_time(2);
    step.incident.acknowledged_by = "ann";
    step.incident.held_by = "silence 3";
    REQUIRE((*store)->write({.results = {failure}, .steps = {step}}).has_value());
    raw_ = std::make_unique<tests::RawSqlite>(path);
  }

  std::string run(const std::string& sql) { return raw_->run(sql); }

 private:
  tests::TemporaryDirectory directory_;
  std::unique_ptr<tests::RawSqlite> raw_;
};

}  // namespace

TEST_CASE("the view of results names everything in words and units") {
  Example example;
  CHECK(example.run("SELECT started, started_us, route, region, kind, outcome, reason, status, "
                    "last_phase FROM results") ==
        "2026-11-20T10:05:06.123456Z|1795169106123456|shop/checkout|us-east|confirmation|"
        "tls_failure|expired|502|tls\n");
  CHECK(example.run("SELECT duration_us, dns_us, connect_us, tls_us, send_us, wait_us, receive_us "
                    "FROM results") == "3600060355|1|22|333|4444|55555|3600000000\n");
  CHECK(example.run("SELECT body_size, redirects, remote, http_version, tls_version, tls_cipher, "
                    "cert_expiring, interval_us, maintenance, trace_id, detail FROM results") ==
        "1099511627776|3|[2001:db8::1]:8443|1.1|TLSv1.3|TLS_AES_256_GCM_SHA384|1|30000000|1|"
        "4bf92f3577b34da6a3ce929d0e0e4736|The certificate has expired.\n");
  CHECK(example.run("SELECT cert_not_before, cert_not_after, cert_issuer, cert_not_after_us "
                    "FROM results") ==
        "2026-11-19T10:05:06Z|2026-11-21T10:05:06Z|CN=issuer|1795255506123456\n");
}

TEST_CASE("the view of evidence has what its result has, and what the exchange showed") {
  Example example;
  const auto shared =
      "SELECT started, started_us, route, region, kind, outcome, reason, status, last_phase, "
      "duration_us, dns_us, connect_us, tls_us, send_us, wait_us, receive_us, body_size, "
      "redirects, "
      "remote, http_version, tls_version, tls_cipher, cert_not_before, cert_not_before_us, "
      "cert_not_after, cert_not_after_us, cert_subject, cert_issuer, cert_fingerprint, "
      "cert_expiring, interval_us, maintenance, trace_id, detail FROM ";
  CHECK(example.run(shared + std::string("evidence")) ==
        example.run(shared + std::string("results")));
  CHECK(example.run("SELECT resolver, substr(chain_fingerprint, 1, 4), body_length, body_complete, "
                    "substr(body_sha256, 1, 4), body_hashed, substr(head, 1, 24), hex(body) "
                    "FROM evidence") ==
        "192.0.2.53:53|cccc|8589934592|1|bbbb|65536|HTTP/1.1 502 Bad Gateway|"
        "3C68313EFF3C2F68313E006166746572\n");
  CHECK(example.run("SELECT json_extract(value, '$.name') FROM evidence, json_each(request_ids)") ==
        "CF-Ray\nVia\n");
  CHECK(example.run("SELECT json_array_length(resolved) FROM evidence") == "0\n");
  CHECK(example.run("SELECT length(response_head) > 9000 FROM results") == "1\n");
}

TEST_CASE("the views of incidents") {
  Example example;
  CHECK(example.run("SELECT id, rule, gateway, severity, state, since, opened, resolved, "
                    "last_event, acknowledged, acknowledged_by, held_by FROM incidents") ==
        "1|bad-gateway|https://shop.example.com:443|critical|open|2026-11-20T10:05:01.123456Z|"
        "2026-11-20T10:05:06.123456Z||1|2026-11-20T10:05:08.123456Z|ann|silence 3\n");
  CHECK(example.run("SELECT position, route, since, firing, probes, failures, value FROM "
                    "incident_routes, json_each(regions)") ==
        "0|shop/checkout|2026-11-20T10:05:01.123456Z|1|10|7|eu-west\n"
        "0|shop/checkout|2026-11-20T10:05:01.123456Z|1|10|7|us \"east\"\n");
  CHECK(example.run("SELECT incident, sequence, at, kind, text FROM incident_events") ==
        "1|1|2026-11-20T10:05:07.123456Z|opened|502 Bad Gateway on shop/checkout and 1 more "
        "route\n");
  CHECK(example.run("SELECT key, incident, sequence, channel, notification, state, attempts, "
                    "created, next_attempt, finished, last_error FROM deliveries") ==
        "1/1/ops|1|1|ops|{\"kind\":\"opened\"}|pending|0|2026-11-20T10:05:07.123456Z|"
        "2026-11-20T10:05:07.123456Z||\n");
}

TEST_CASE("the questions of pages, outbox and retention are answered by an index") {
  Example example;
  const auto plan = [&example](const std::string& sql) {
    return example.run("EXPLAIN QUERY PLAN " + sql);
  };
  // As one part: the journal has no index.
  const auto journal = std::string("SEARCH block USING INTEGER PRIMARY KEY (rowid>?)");
  for (const auto* const columns : {"*", "count(*), max(wait_us)"}) {
    const auto by_route =
        plan(std::string("SELECT ") + columns + " FROM results WHERE route = 'a'");
    CHECK(by_route.find("SEARCH block USING INDEX block_by_route (route=?)") != std::string::npos);
    CHECK(by_route.find(journal) != std::string::npos);
    CHECK(by_route.find("SCAN block") == std::string::npos);
  }
  CHECK(plan("SELECT status FROM results WHERE route IN ('a', 'b') AND block_to_us >= 1 "
             "AND started_us >= 1")
            .find("block_by_route (route=? AND to_us>?)") != std::string::npos);
  const auto by_time =
      plan("SELECT route, status FROM results WHERE block_to_us >= 1 AND started_us >= 1");
  CHECK(by_time.find("block_by_time (to_us>?)") != std::string::npos);
  CHECK(by_time.find(journal) != std::string::npos);
  CHECK(by_time.find("SCAN block") == std::string::npos);
  // Nothing comes before the blocks that would have them read more than once.
  for (const auto* const condition : {"", " WHERE status = 502 AND outcome = 'slow'"}) {
    const auto all = plan(std::string("SELECT count(*) FROM results") + condition);
    CHECK(all.find("SCAN block") < all.find("SEARCH"));
  }
  CHECK(plan("SELECT * FROM deliveries WHERE state = 'pending' ORDER BY id")
            .find("delivery_pending") != std::string::npos);
  CHECK(plan("DELETE FROM certificate WHERE id = 1 AND NOT EXISTS "
             "(SELECT 1 FROM circumstance WHERE certificate = 1)")
            .find("circumstance_by_certificate") != std::string::npos);
}

TEST_CASE(
    "the view reads what was written, from the journal, a partition and spans, while a store is "
    "open") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  auto store = storage::open_sqlite_store(path, storage::OpenMode::ReadWrite);
  REQUIRE(store.has_value());
  std::string expected;
  constexpr int count = 1'200;
  for (int part = 0; part < 3; ++part) {
    storage::Batch batch;
    for (int number = part * count / 3; number < (part + 1) * count / 3; ++number) {
      // Every column takes several widths; every seventh result fails.
      const auto route = number % 3 == 0 ? "shop/cart" : "shop/checkout";
      auto result = tests::sample_result(route, sample_time(30 * number));
      result.started += std::chrono::microseconds((number * 7'919) % 50'000);
      if (number % 7 == 0) result = tests::sample_failure(route, result.started);
      result.detail.clear();
      std::int64_t spread = number;
      for (auto& phase : result.timings.phases) phase = std::chrono::microseconds(spread *= 13);
      result.body_size = static_cast<std::uint64_t>(number) << number % 40;
      batch.results.push_back(result);
      const auto& phases = result.timings.phases;
      expected +=
          fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}\n",
                      result.started.time_since_epoch().count(), result.route, result.region,
                      outcome_row(result.outcome).name, result.status, phases[0].count(),
                      phases[1].count(), phases[2].count(), phases[3].count(), phases[4].count(),
                      phases[5].count(), result.body_size, result.remote->text(),
                      result.certificate ? result.certificate->fingerprint : "",
                      result.evidence ? result.evidence->head.size() : 0);
    }
    REQUIRE((*store)->write(batch).has_value());
    // The first ones become spans, the second ones a partition.
    for (int step = 0; step < 2 - part; ++step) REQUIRE((*store)->compact_results(1).value() > 0);
  }
  const auto sql = std::string(
      "SELECT started_us, route, region, outcome, status, dns_us, connect_us, tls_us, send_us, "
      "wait_us, receive_us, body_size, remote, cert_fingerprint, length(response_head) "
      "FROM results ORDER BY started_us");
  tests::RawSqlite raw(path);
  CHECK(raw.run(sql) == expected);
  CHECK(tests::run_sqlite3_program(path, sql) == expected);
  CHECK(raw.run("SELECT count(*), count(DISTINCT id) FROM results WHERE route = 'shop/cart'") ==
        "400|400\n");
  CHECK(raw.run("SELECT count(*) FROM results WHERE started_us NOT BETWEEN block_from_us AND "
                "block_to_us") == "0\n");
}

TEST_CASE("the schema opens with the format, and stands alone") {
  CHECK(std::string_view(storage::sqlite::schema_sql).starts_with("-- The gatewatch database"));
  tests::RawSqlite empty(":memory:");
  CHECK(empty.run(storage::sqlite::schema_sql).empty());
  CHECK(empty.run("SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema "
                  "WHERE type = 'view' ORDER BY name)") ==
        "changes deliveries evidence gaps incident_events incident_routes incidents result_numbers "
        "results rollups_day rollups_hour rollups_minute silences\n");
}
