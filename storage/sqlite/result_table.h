// Results as rows: written into the tables, read through the public view `results`, and in outline
// from an index.

#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "probes/result.h"
#include "storage/records.h"
#include "storage/sqlite/interner.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

class ResultTable {
 public:
  explicit ResultTable(Database& database);

  // Both within a transaction of the caller, who calls roll_back() where that does not commit.
  [[nodiscard]] std::expected<void, Failure> add(const Result& result);
  [[nodiscard]] std::expected<std::uint64_t, Failure> forget(Timestamp before, std::uint32_t limit);
  void roll_back();

  [[nodiscard]] std::expected<std::vector<Result>, Failure> find(const ResultQuery& query);
  // From the index by route alone.
  [[nodiscard]] std::expected<std::vector<ResultOutline>, Failure> outlines(
      const std::string& route, Timestamp from, Timestamp before);

 private:
  Database& database_;
  Interner routes_;
  Interner regions_;
  Interner words_;
  CertificateInterner certificates_;
  Texts region_texts_;
  Texts word_texts_;
  Statement add_;
  Statement forget_;
  Statement outlines_;
};

}  // namespace gatewatch::storage::sqlite
