// Silences, changes and gaps as rows; annotation_schema.sql says what they are.

#pragma once

#include <expected>
#include <vector>

#include "storage/records.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

class AnnotationTable {
 public:
  explicit AnnotationTable(Database& database);

  // Within a transaction of the caller. By id, or of a gap by kind and beginning: a known one
  // becomes this one.
  [[nodiscard]] std::expected<void, Failure> put(const SilenceRecord& silence);
  [[nodiscard]] std::expected<void, Failure> put(const ChangeRecord& change);
  [[nodiscard]] std::expected<void, Failure> put(const GapRecord& gap);

  // See Store.
  [[nodiscard]] std::expected<std::vector<SilenceRecord>, Failure> silences(const TimeQuery& query);
  [[nodiscard]] std::expected<std::vector<ChangeRecord>, Failure> changes(const TimeQuery& query);
  [[nodiscard]] std::expected<std::vector<GapRecord>, Failure> gaps(const TimeQuery& query);

 private:
  Statement put_silence_;
  Statement put_change_;
  Statement put_gap_;
  Statement silences_;
  Statement changes_;
  Statement gaps_;
};

}  // namespace gatewatch::storage::sqlite
