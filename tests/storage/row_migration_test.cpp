#include "storage/sqlite/row_migration.h"

#include <doctest/doctest.h>

#include "storage/sqlite/sqlite_store.h"
#include "tests/contracts/records_samples.h"
#include "tests/contracts/rollup_contract.h"
#include "tests/storage/layouts.h"
#include "tests/storage/raw_sqlite.h"
#include "tests/storage/temporary_directory.h"

using namespace gatewatch;
using tests::RawSqlite;
using tests::sample_failure;
using tests::sample_result;
using tests::sample_time;

namespace {

// As gatewatch 0.1 wrote them: 3,000 results that are ok, 600 s apart, and after every tenth a
// failing one.
constexpr auto rows_of_layout_1 = R"(
INSERT INTO route VALUES (1, 'shop/cart');
INSERT INTO region VALUES (1, 'eu-west'), (2, 'us-east');
INSERT INTO word VALUES (1, 'scheduled'), (2, 'ok'), (3, ''), (4, 'receive'), (5, 'tls_failure'),
  (6, 'expired'), (7, 'tls'), (8, 'TLSv1.3'), (9, 'TLS_AES_256_GCM_SHA384'), (10, 'confirmation');
INSERT INTO certificate VALUES (1, 'aa', 1795082706123456, 1795255506123456, 'CN=a', 'CN=issuer');
WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 2999)
INSERT INTO result SELECT NULL, 1795169106123456 + i * 600000000, 1, 1, 1, 2, 3, 200, 4, 1200, 0, 0,
  0, 45000, 0, 5120, 0, '192.0.2.7:443', '1.1', 3, 3, NULL, 0, 'of a success', '', '' FROM n;
WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 10 FROM n WHERE i < 2990)
INSERT INTO result SELECT NULL, 1795169106123456 + i * 600000000, 1, 2, 10, 5, 6, 502, 7, 1, 22, 333,
  4444, 55555, 3600000000, 1 << 40, 3, '[2001:db8::1]:8443', '1.1', 8, 9, 1, 1,
  '4bf92f3577b34da6a3ce929d0e0e4736', 'It is over.', 'HTTP/1.1 502 Bad Gateway' FROM n;
INSERT INTO incident VALUES (1, 'bad-gateway', 'https://shop.example.com:443', 'critical', 'open',
  1795169106123456, 1795169106123456, NULL, 1);
)";

std::vector<Result> expected_results() {
  std::vector<Result> results;
  for (int number = 0; number < 3'000; ++number) {
    results.push_back(sample_result("shop/cart", sample_time(600 * number)));
    if (number % 10 != 0) continue;
    auto failure = sample_failure("shop/cart", sample_time(600 * number));
    failure.interval = {};  // not recorded then
    failure.detail = "It is over.";
    failure.evidence.reset();
    failure.certificate->subject = "CN=a";
    failure.certificate->fingerprint = "aa";
    results.push_back(failure);
  }
  return results;
}

}  // namespace

TEST_CASE("a file of layout 1 keeps every result and incident, and works on as one of ours") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  RawSqlite(path).run(tests::layout_sql(1) + rows_of_layout_1);
  const auto opened = storage::open_sqlite_store(path, storage::OpenMode::ReadWrite);
  if (!opened) FAIL(opened.error().message);
  auto& store = **opened;
  const storage::ResultQuery all{.newest_first = false, .limit = 1'000'000};
  auto expected = expected_results();
  CHECK(store.results(all) == expected);
  CHECK(store.last_incident_id() == 1);

  RawSqlite raw(path);
  // The head of each, since they lie 100 minutes apart.
  CHECK(raw.run("SELECT count(*), min(head) FROM evidence") == "300|HTTP/1.1 502 Bad Gateway\n");
  CHECK(raw.run("SELECT count(*), sum(status = 502) FROM results WHERE route = 'shop/cart'") ==
        "3300|300\n");
  tests::check_current_layout(raw);
  CHECK(RawSqlite(path + ".layout-1").run("SELECT count(*) FROM result") == "3300\n");
  CHECK(RawSqlite(path).run("SELECT count(*) FROM silences, changes, gaps") == "0\n");

  expected.push_back(sample_failure("shop/cart", sample_time(600 * 3'000)));
  expected.back().evidence.reset();
  REQUIRE(store.write({.results = {expected.back()}}).has_value());
  while (store.compact_results(1).value() > 0) continue;
  CHECK(store.results(all) == expected);
  tests::roll_up(store);
  CHECK(raw.run("SELECT sum(results) FROM rollups_hour") == "3301\n");
  REQUIRE(store.forget_results(sample_time(10'000'000), 10'000) == expected.size());
  CHECK(raw.run("SELECT (SELECT count(*) FROM failure), (SELECT count(*) FROM circumstance), "
                "(SELECT count(*) FROM certificate)") == "0|0|0\n");
}

TEST_CASE("rows before the newest are moved by and by, while batches are written, over restarts") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  RawSqlite raw(path);
  raw.run(tests::layout_sql(1) + rows_of_layout_1 +
          "UPDATE result SET id = 1000000 WHERE id = 3000");
  const storage::ResultQuery all{.newest_first = false, .limit = 1'000'000};
  auto expected = expected_results();
  std::vector written{expected.back()};
  for (int start = 0; start < 2; ++start) {
    auto store = storage::open_sqlite_store(path, storage::OpenMode::ReadWrite);
    if (!store) FAIL(store.error().message);
    const auto before = (*store)->results(all).value();
    CHECK(before.size() == (start == 0 ? 1 : 2'002));
    CHECK(before.back() == written.back());
    // What is not there yet is not forgotten either.
    CHECK((*store)->forget_results(sample_time(10'000'000), 10'000) == 0u);
    CHECK((*store)->forget_evidence(sample_time(10'000'000), 0, 10'000) == 0u);
    written.push_back(sample_result("shop/cart", sample_time(600 * (3'000 + start))));
    REQUIRE((*store)->write({.results = {written.back()}}).has_value());
  }
  auto store = storage::open_sqlite_store(path, storage::OpenMode::ReadWrite);
  REQUIRE(store.has_value());
  REQUIRE((*store)->write({.steps = {tests::sample_step(2, 1)}}).has_value());
  expected.insert(expected.end(), written.begin() + 1, written.end());
  CHECK((*store)->results(all) == expected);
  tests::check_current_layout(raw);
  tests::roll_up(**store);
  CHECK((*store)->forget_results(sample_time(10'000'000), 10'000) == expected.size());
  CHECK((*store)->forget_evidence(sample_time(10'000'000), 0, 10'000).value() > 0);
  CHECK(raw.run("SELECT (SELECT count(*) FROM failure), (SELECT count(*) FROM circumstance), "
                "(SELECT count(*) FROM certificate)") == "0|0|0\n");
}
