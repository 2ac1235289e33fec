#include "storage/sqlite/evidence_migration.h"

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

// Ten failures, ten seconds apart, each in a block of its own, of which the seventh is damaged.
constexpr auto rows_of_layout_2 = R"(
INSERT INTO route VALUES (1, 'shop/cart');
INSERT INTO region VALUES (1, 'eu-west');
INSERT INTO word VALUES (1, 'scheduled'), (2, 'status_mismatch'), (3, 'status'), (4, 'receive'), (5, '');
INSERT INTO circumstance VALUES (1, 1, 1, 1, 2, 3, 502, 4, 0, '192.0.2.7:443', '1.1', 5, 5, NULL, 0,
  1795169106123456);
WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 9)
INSERT INTO failure SELECT i + 1, 'trace ' || i, 'It is over.', 'HTTP/1.1 502 ' || i FROM n;
WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 9)
INSERT INTO block SELECT (1 << 52) + i, NULL, NULL, 1795169106123456 + i * 10000000,
  1795169106123456 + i * 10000000, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, i,
  1795169106123456 + i * 10000000, 1200, 0, 0, 0, 45000, 0, 5120, x'80' FROM n;
UPDATE block SET data = x'' WHERE id = (1 << 52) + 6;
)";

}  // namespace

TEST_CASE("heads of layout 2 become evidence, as their storms leave it, and no result is lost") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  RawSqlite(path).run(tests::layout_sql(2) + rows_of_layout_2);
  const auto opened = storage::open_sqlite_store(path, storage::OpenMode::ReadWrite);
  if (!opened) FAIL(opened.error().message);
  auto& store = **opened;
  const auto found = store.evidence({.newest_first = false});
  REQUIRE(found.has_value());
  REQUIRE(found->size() == 3);
  CHECK((*found)[0].started == sample_time());
  CHECK((*found)[0].evidence->head == "HTTP/1.1 502 0");
  CHECK((*found)[0].detail == "It is over.");
  CHECK((*found)[0].status == 502);
  CHECK((*found)[0].timings[Phase::Wait] == std::chrono::milliseconds(45));
  CHECK((*found)[1].trace_id == "trace 7");  // of the minute, but for the damaged one
  CHECK((*found)[2].trace_id == "trace 9");

  RawSqlite raw(path);
  CHECK(raw.run("SELECT count(*), min(detail) FROM failure") == "10|It is over.\n");
  CHECK(raw.run("SELECT response_head FROM results WHERE trace_id IN ('trace 0', 'trace 1') "
                "AND block_from_us < 1795169166123456 ORDER BY started_us") ==
        "HTTP/1.1 502 0\n\n");
  tests::check_current_layout(raw);
}
