// Evidence as a row: what is written of a result, and what is read again.

#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "probes/result.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

// The numbers that the file has for what a result says.
struct EvidenceNumbers {
  std::optional<std::int64_t> id;  // of the row that is replaced; nullopt: a new one
  std::int64_t route = 0;
  std::int64_t region = 0;
  std::int64_t outcome = 0;
  std::int64_t reason = 0;
  std::int64_t kind = 0;
  std::int64_t last_phase = 0;
  std::int64_t tls_version = 0;
  std::int64_t tls_cipher = 0;
  bool stays = true;
  std::uint64_t bytes = 0;
};

extern const char* const put_evidence_sql;
// Runs it; the number of the row. The result must have evidence.
[[nodiscard]] std::expected<std::int64_t, Failure> put_evidence(Statement& statement,
                                                                const EvidenceNumbers& numbers,
                                                                const Result& result);

// The columns of the view that read_evidence() reads, in its order.
extern const char* const evidence_columns;
// nullopt: a word that this program does not know.
[[nodiscard]] std::optional<Result> read_evidence(Row& row);

}  // namespace gatewatch::storage::sqlite
