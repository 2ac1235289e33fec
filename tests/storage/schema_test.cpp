#include "storage/sqlite/schema.h"

#include <doctest/doctest.h>

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
    REQUIRE(
        (*store)->write({.results = {failure}, .steps = {tests::sample_step(1, 1)}}).has_value());
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
                    "cert_expiring, trace_id, detail FROM results") ==
        "1099511627776|3|[2001:db8::1]:8443|1.1|TLSv1.3|TLS_AES_256_GCM_SHA384|1|"
        "4bf92f3577b34da6a3ce929d0e0e4736|The certificate has expired.\n");
  CHECK(example.run("SELECT cert_not_before, cert_not_after, cert_issuer, cert_not_after_us "
                    "FROM results") ==
        "2026-11-19T10:05:06Z|2026-11-21T10:05:06Z|CN=issuer|1795255506123456\n");
}

TEST_CASE("the views of incidents") {
  Example example;
  CHECK(example.run("SELECT id, rule, gateway, severity, state, since, opened, resolved, "
                    "last_event FROM incidents") ==
        "1|bad-gateway|https://shop.example.com:443|critical|open|2026-11-20T10:05:01.123456Z|"
        "2026-11-20T10:05:06.123456Z||1\n");
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
  const auto by_route = plan(
      "SELECT * FROM results WHERE started_us >= 1 AND started_us < 9 AND route = 'a' "
      "ORDER BY started_us DESC, id DESC LIMIT 10");
  CHECK(by_route.find("result_by_route (route=? AND started_us>? AND started_us<?)") !=
        std::string::npos);
  CHECK(by_route.find("TEMP B-TREE") == std::string::npos);
  const auto outlines = plan(
      "SELECT started_us, region, kind, outcome, status, cert_expiring FROM result "
      "WHERE route = (SELECT id FROM route WHERE text = 'a') AND started_us >= 1 "
      "AND started_us < 9 ORDER BY started_us, id");
  CHECK(outlines.find("USING COVERING INDEX result_by_route") != std::string::npos);
  CHECK(outlines.find("TEMP B-TREE") == std::string::npos);
  const auto by_time =
      plan("SELECT * FROM results WHERE started_us >= 1 ORDER BY started_us, id LIMIT 10");
  CHECK(by_time.find("result_by_time (started_us>?)") != std::string::npos);
  CHECK(by_time.find("TEMP B-TREE") == std::string::npos);
  CHECK(plan("SELECT * FROM deliveries WHERE state = 'pending' ORDER BY id")
            .find("delivery_pending") != std::string::npos);
  CHECK(plan("DELETE FROM certificate WHERE id = 1 AND NOT EXISTS "
             "(SELECT 1 FROM result WHERE certificate = 1)")
            .find("result_by_certificate") != std::string::npos);
}

TEST_CASE("the schema opens with the format, and stands alone") {
  CHECK(std::string_view(storage::sqlite::schema_sql).starts_with("-- The gatewatch database"));
  tests::RawSqlite empty(":memory:");
  CHECK(empty.run(storage::sqlite::schema_sql).empty());
  CHECK(empty.run("SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema "
                  "WHERE type = 'view' ORDER BY name)") ==
        "deliveries incident_events incident_routes incidents results\n");
}
