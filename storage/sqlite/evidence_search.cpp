#include "storage/sqlite/evidence_search.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "storage/sqlite/circumstance_list.h"
#include "storage/sqlite/evidence_row.h"

namespace gatewatch::storage::sqlite {

namespace {

std::string select(const char* condition, const char* order) {
  return fmt::format(
      "SELECT {0} FROM evidence WHERE started_us >= ?1 AND started_us < ?2 {1} "
      "ORDER BY started_us {2}, id {2} LIMIT ?3",
      evidence_columns, condition, order);
}

}  // namespace

EvidenceSearch::EvidenceSearch(Database& database)
    : database_(database),
      oldest_first_(database, select("", "")),
      newest_first_(database, select("", "DESC")),
      oldest_first_of_route_(database, select("AND route = ?4", "")),
      newest_first_of_route_(database, select("AND route = ?4", "DESC")) {}

std::expected<std::vector<Result>, Failure> EvidenceSearch::find(const ResultQuery& query) {
  const auto from = query.from.value_or(Timestamp::min());
  const auto before = query.before.value_or(Timestamp::max());
  std::vector<Result> found;
  bool understood = true;
  const auto read = [&](Row& row) {
    auto result = read_evidence(row);
    understood = result.has_value();
    if (understood) found.push_back(std::move(*result));
    return understood;
  };
  std::expected<void, Failure> done;
  if (query.route.empty()) {
    auto& statement = query.newest_first ? newest_first_ : oldest_first_;
    done = for_each_row(statement, read, from, before, query.limit);
  } else {
    auto& statement = query.newest_first ? newest_first_of_route_ : oldest_first_of_route_;
    done = for_each_row(statement, read, from, before, query.limit, query.route);
  }
  if (done && !understood) done = std::unexpected(unknown_word(database_));
  if (!done) return std::unexpected(std::move(done.error()));
  return found;
}

}  // namespace gatewatch::storage::sqlite
