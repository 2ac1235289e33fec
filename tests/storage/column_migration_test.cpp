#include "storage/sqlite/column_migration.h"

#include <doctest/doctest.h>

#include "storage/sqlite/sqlite_store.h"
#include "tests/contracts/records_samples.h"
#include "tests/storage/layouts.h"
#include "tests/storage/raw_sqlite.h"
#include "tests/storage/temporary_directory.h"

using namespace gatewatch;
using tests::RawSqlite;
using tests::sample_time;

namespace {

// A failure with its evidence, and the incident that it opened.
constexpr auto rows_of_layout_5 = R"(
INSERT INTO route VALUES (1, 'shop/cart');
INSERT INTO region VALUES (1, 'eu-west');
INSERT INTO word VALUES (1, 'scheduled'), (2, 'status_mismatch'), (3, 'status'), (4, 'receive'), (5, '');
INSERT INTO circumstance VALUES (1, 1, 1, 1, 2, 3, 502, 4, 0, '192.0.2.7:443', '1.1', 5, 5, NULL, 0,
  1795169106123456, 30000000);
INSERT INTO failure VALUES (1, 'trace', 'It is over.');
INSERT INTO block VALUES ((1 << 52), NULL, NULL, 1795169106123456, 1795169106123456, 1, 0, 0, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, 0, 1795169106123456, 1200, 0, 0, 0, 45000, 0, 5120, x'80');
INSERT INTO evidence_item VALUES (1, 1, 1, 1795169106123456, 2, 3, 502, 1, 100, 'trace', 1, 4, 1200, 0,
  0, 0, 45000, 0, 5120, 0, '192.0.2.7:443', '[]', '', '1.1', 5, 5, NULL, NULL, NULL, NULL, NULL, 0,
  30000000, '', 'It is over.', '[]', 0, 0, '', 0, 'HTTP/1.1 502', x'');
INSERT INTO incident VALUES (1, 'bad-gateway', 'https://shop.example.com:443', 'critical', 'open',
  1795169106123456, 1795169106123456, NULL, 1);
)";

}  // namespace

TEST_CASE("a file of layout 5 knows neither maintenance nor acknowledgements, and learns them") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  RawSqlite(path).run(tests::layout_sql(5) + rows_of_layout_5);
  const auto opened = storage::open_sqlite_store(path, storage::OpenMode::ReadWrite);
  if (!opened) FAIL(opened.error().message);
  auto& store = **opened;
  CHECK(RawSqlite(path + ".layout-5").run("PRAGMA user_version; SELECT count(*) FROM results") ==
        "5\n1\n");
  RawSqlite raw(path);
  tests::check_current_layout(raw);

  auto expected = tests::sample_result("shop/cart", sample_time());
  expected.interval = std::chrono::seconds(30);
  expected.outcome = Outcome::StatusMismatch;
  expected.reason = "status";
  expected.status = 502;
  expected.trace_id = "trace";
  expected.detail = "It is over.";
  CHECK(store.results({}) == std::vector{expected});
  CHECK(raw.run("SELECT interval_us, maintenance, response_head FROM results") ==
        "30000000|0|HTTP/1.1 502\n");
  auto with_evidence = expected;
  with_evidence.evidence = SharedEvidence(Evidence{.head = "HTTP/1.1 502"});
  CHECK(store.evidence({}) == std::vector{with_evidence});
  CHECK(raw.run("SELECT acknowledged, acknowledged_by, held_by FROM incidents") == "||\n");

  auto step = tests::sample_step(1, 2);
  step.incident.acknowledged = sample_time(5);
  step.incident.acknowledged_by = "ann";
  auto later = expected;
  later.started = sample_time(30);
  later.maintenance = true;
  REQUIRE(store.write({.results = {later}, .steps = {step}}).has_value());
  CHECK(store.results({}) == std::vector{later, expected});
  CHECK(store.incidents({}).value()[0].incident == step.incident);
}
