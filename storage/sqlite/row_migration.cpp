#include "storage/sqlite/row_migration.h"

#include <utility>
#include <vector>

#include "storage/sqlite/result_compaction.h"
#include "storage/sqlite/schema.h"

namespace gatewatch::storage::sqlite {

namespace {

constexpr std::size_t step_results = 4'096;

// Everything but the numbers. A failure keeps the number of its result.
constexpr auto shared_sql =
    "INSERT INTO circumstance (route, region, kind, outcome, reason, status, last_phase, "
    "redirects, remote, http_version, tls_version, tls_cipher, certificate, cert_expiring, "
    "until_us) SELECT route, region, kind, outcome, reason, status, last_phase, redirects, remote, "
    "http_version, tls_version, tls_cipher, certificate, cert_expiring, max(started_us) "
    "FROM result GROUP BY route, region, kind, outcome, reason, status, last_phase, redirects, "
    "remote, http_version, tls_version, tls_cipher, certificate, cert_expiring; "
    "INSERT INTO failure (id, trace_id, detail, response_head) "
    "SELECT result.id, iif(outcome.text = 'ok', '', trace_id), detail, response_head "
    "FROM result JOIN word AS outcome ON outcome.id = result.outcome "
    "WHERE detail <> '' OR response_head <> '' OR (trace_id <> '' AND outcome.text <> 'ok')";

// In the order of the columns of a block.
constexpr auto numbers_sql =
    "SELECT circumstance.id, ifnull(failure.id, 0), started_us, dns_us, connect_us, tls_us, "
    "send_us, wait_us, receive_us, body_size FROM result "
    "JOIN circumstance ON circumstance.route = result.route "
    "AND circumstance.region = result.region AND circumstance.kind = result.kind "
    "AND circumstance.outcome = result.outcome AND circumstance.reason = result.reason "
    "AND circumstance.status = result.status AND circumstance.last_phase = result.last_phase "
    "AND circumstance.redirects = result.redirects AND circumstance.remote IS result.remote "
    "AND circumstance.http_version = result.http_version "
    "AND circumstance.tls_version = result.tls_version "
    "AND circumstance.tls_cipher = result.tls_cipher "
    "AND circumstance.certificate IS result.certificate "
    "AND circumstance.cert_expiring = result.cert_expiring "
    "LEFT JOIN failure ON failure.id = result.id "
    "WHERE result.route = ?1 AND result.region = ?2 ORDER BY started_us, result.id";

std::expected<std::vector<SpanOwner>, Failure> find_owners(Database& database) {
  std::vector<SpanOwner> owners;
  Statement statement(database, "SELECT DISTINCT route, region FROM circumstance");
  const auto read = [&owners](Row& row) {
    owners.push_back({.route = row.integer(), .region = row.integer()});
    return true;
  };
  auto done = for_each_row(statement, read);
  if (!done) return std::unexpected(std::move(done.error()));
  return owners;
}

}  // namespace

std::expected<void, Failure> migrate_rows(Database& database) {
  auto done = database.execute("DROP VIEW results");
  if (done) done = database.execute(result_schema_sql);
  if (done) done = database.execute(shared_sql);
  if (!done) return done;
  const auto owners = find_owners(database);
  if (!owners) return std::unexpected(owners.error());

  BlockTable blocks(database);
  CircumstanceTable circumstances(database);
  Statement numbers(database, numbers_sql);
  for (const auto owner : *owners) {
    std::vector<ResultNumbers> results;
    const auto read = [&](Row& row) {
      for (auto& value : results.emplace_back().values) value = row.integer();
      if (results.size() == step_results) {
        done = add_to_spans(blocks, circumstances, owner, std::exchange(results, {}));
      }
      return done.has_value();
    };
    if (auto whole = for_each_row(numbers, read, owner.route, owner.region); !whole) return whole;
    if (done && !results.empty()) {
      done = add_to_spans(blocks, circumstances, owner, std::move(results));
    }
    if (!done) return done;
  }
  numbers.finish();
  return database.execute("DROP TABLE result");
}

}  // namespace gatewatch::storage::sqlite
