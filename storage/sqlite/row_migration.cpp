#include "storage/sqlite/row_migration.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "storage/sqlite/circumstance_list.h"
#include "storage/sqlite/schema.h"

namespace gatewatch::storage::sqlite {

namespace {

constexpr int step_rows = 2'000;
constexpr std::int64_t newest_rows = 100'000;

// In the order in which read_circumstance() and move_rows() read them.
constexpr auto read_sql =
    "SELECT route.text, region.text, kind.text, outcome.text, reason.text, status, "
    "last_phase.text, redirects, remote, http_version, tls_version.text, tls_cipher.text, "
    "not_before_us, not_after_us, subject, issuer, fingerprint, cert_expiring, 0, 0, "
    "started_us, dns_us, connect_us, tls_us, send_us, wait_us, receive_us, body_size, trace_id, "
    "detail, response_head, result.id FROM result CROSS JOIN route ON route.id = result.route "
    "CROSS JOIN region ON region.id = result.region "
    "CROSS JOIN word AS kind ON kind.id = result.kind "
    "CROSS JOIN word AS outcome ON outcome.id = result.outcome "
    "CROSS JOIN word AS reason ON reason.id = result.reason "
    "CROSS JOIN word AS last_phase ON last_phase.id = result.last_phase "
    "CROSS JOIN word AS tls_version ON tls_version.id = result.tls_version "
    "CROSS JOIN word AS tls_cipher ON tls_cipher.id = result.tls_cipher "
    "LEFT JOIN certificate ON certificate.id = result.certificate "
    "WHERE result.id >= ?1 ORDER BY result.id LIMIT ?2";

}  // namespace

std::expected<void, Failure> migrate_newest_rows(Database& database) {
  // Without indexes, rows that follow each other are removed together with their page.
  auto done = database.execute(
      "DROP VIEW results; DROP INDEX result_by_route; DROP INDEX result_by_time; "
      "DROP INDEX result_by_certificate");
  if (done) done = database.execute(result_schema_sql);
  if (done) done = database.execute(evidence_schema_sql);
  if (!done) return done;
  const auto newest = database.number("SELECT max(id) FROM result");
  if (!newest) return std::unexpected(newest.error());
  ResultTable results(database);
  EvidenceTable evidence(database);
  RowMigration rows(database, results, evidence);
  for (std::uint64_t moved = 1; moved > 0;) {
    const auto some = rows.move_rows(*newest - newest_rows);
    if (!some) return std::unexpected(some.error());
    moved = *some;
  }
  return rows.finish();
}

RowMigration::RowMigration(Database& database, ResultTable& results, EvidenceTable& evidence)
    : database_(database),
      results_(results),
      evidence_(evidence),
      read_(database, read_sql),
      remove_(database, "DELETE FROM result WHERE id >= ?1 AND id <= ?2") {}

std::expected<bool, Failure> RowMigration::is_needed(Database& database) {
  const auto count = database.number("SELECT count(*) FROM sqlite_schema WHERE name = 'result'");
  if (!count) return std::unexpected(count.error());
  return *count > 0;
}

std::expected<void, Failure> RowMigration::finish() {
  const auto left = database_.number("SELECT EXISTS (SELECT 1 FROM result)");
  if (!left) return std::unexpected(left.error());
  return *left == 0 ? database_.execute("DROP TABLE result") : std::expected<void, Failure>();
}

std::expected<std::uint64_t, Failure> RowMigration::move_rows(std::int64_t first) {
  std::vector<Result> results;
  std::int64_t last = 0;
  bool understood = true;
  const auto read = [&](Row& row) {
    auto shared = read_circumstance(row);
    understood = shared.has_value();
    if (!understood) return false;
    auto& result = results.emplace_back(std::move(*shared));
    result.started = row.time();
    for (auto& phase : result.timings.phases) phase = row.duration();
    result.body_size = row.count();
    result.trace_id = row.text();
    result.detail = row.text();
    if (auto head = row.text(); !head.empty()) {
      result.evidence = SharedEvidence(Evidence{.head = std::move(head)});
    }
    last = row.integer();
    return true;
  };
  auto done = for_each_row(read_, read, first, step_rows);
  if (done && !understood) done = std::unexpected(unknown_word(database_));
  if (done) done = results_.add(results);
  if (done) done = evidence_.add(results);
  if (done && !results.empty()) done = remove_.bind(first, last).run();
  if (!done) return std::unexpected(std::move(done.error()));
  return results.size();
}

}  // namespace gatewatch::storage::sqlite
