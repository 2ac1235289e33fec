// Results that a query asks for, out of their blocks.

#pragma once

#include <expected>
#include <string>
#include <vector>

#include "probes/result.h"
#include "storage/records.h"
#include "storage/result_block.h"
#include "storage/sqlite/circumstance_list.h"
#include "storage/sqlite/database.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

// `shared`, which those of its circumstance share, with the numbers of one.
[[nodiscard]] Result result_of(const Result& shared, const ResultNumbers& numbers);

class ResultSearch {
 public:
  explicit ResultSearch(Database& database);

  // Each within a read transaction of the caller: it takes several statements.
  [[nodiscard]] std::expected<std::vector<Result>, Failure> find(const ResultQuery& query);
  // Store::outlines.
  [[nodiscard]] std::expected<std::vector<ResultOutline>, Failure> outlines(
      const std::string& route, Timestamp from, Timestamp before);

 private:
  class Question;
  // id, from_us and to_us of blocks.
  struct Places {
    Places(Database& database, const std::string& condition, const char* oldest,
           const char* newest);

    Statement oldest_first;
    Statement newest_first;
  };

  Database& database_;
  CircumstanceList circumstances_;
  Statement route_;
  Statement circumstances_of_route_;
  Places loose_;
  Places spans_;
  Places spans_of_route_;
  Statement block_;
  Statement failure_;
};

}  // namespace gatewatch::storage::sqlite
