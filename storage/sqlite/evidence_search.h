// Answers Store::evidence.

#pragma once

#include <expected>
#include <vector>

#include "storage/records.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

class EvidenceSearch {
 public:
  explicit EvidenceSearch(Database& database);

  [[nodiscard]] std::expected<std::vector<Result>, Failure> find(const ResultQuery& query);

 private:
  Database& database_;
  Statement oldest_first_;
  Statement newest_first_;
  Statement oldest_first_of_route_;
  Statement newest_first_of_route_;
};

}  // namespace gatewatch::storage::sqlite
