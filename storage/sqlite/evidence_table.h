// Evidence as it is written and forgotten. evidence_schema.sql says how it lies and why.

#pragma once

#include <compare>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <span>

#include "probes/result.h"
#include "storage/failure_storm.h"
#include "storage/sqlite/interner.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

class EvidenceTable {
 public:
  static constexpr std::size_t most_storms = 10'000;  // kept in memory

  explicit EvidenceTable(Database& database);

  // Each within a transaction of the caller, who calls roll_back() where that does not commit.

  // Of those results that have evidence, in the order of their arrival.
  [[nodiscard]] std::expected<void, Failure> add(std::span<const Result> results);
  // Store::forget_evidence.
  [[nodiscard]] std::expected<std::uint64_t, Failure> forget(Timestamp before,
                                                             std::uint64_t most_bytes,
                                                             std::uint32_t limit);
  void roll_back();

 private:
  // What equal failures share, by their numbers in the file.
  struct Kind {
    std::int64_t route = 0;
    std::int64_t region = 0;
    std::int64_t outcome = 0;
    std::int64_t reason = 0;
    int status = 0;

    friend auto operator<=>(const Kind&, const Kind&) = default;
  };
  // A row that the next one of its storm replaces.
  struct Last {
    std::int64_t id = 0;
    std::uint64_t bytes = 0;
  };
  struct Storm {
    FailureStorm storm;
    std::optional<Last> last;         // in the file
    const Result* waiting = nullptr;  // of the batch at work: to take its place
  };

  [[nodiscard]] std::expected<Kind, Failure> kind_of(const Result& result);
  [[nodiscard]] std::expected<Storm*, Failure> storm_of(const Kind& kind, Timestamp at);
  [[nodiscard]] std::expected<void, Failure> take(const Kind& kind, Storm& storm,
                                                  const Result& result);
  [[nodiscard]] std::expected<void, Failure> put_waiting(const Kind& kind, Storm& storm);
  // In place of the storm's last one, where there is one.
  [[nodiscard]] std::expected<void, Failure> put(const Kind& kind, Storm& storm,
                                                 const Result& result, bool stays);
  [[nodiscard]] std::expected<std::uint64_t, Failure> bytes();

  Database& database_;
  Interner routes_;
  Interner regions_;
  Interner words_;
  std::map<Kind, Storm> storms_;
  std::optional<std::uint64_t> bytes_;  // of all rows; nullopt: look
  Statement newest_;
  Statement put_;
  Statement oldest_;
  Statement remove_;
};

}  // namespace gatewatch::storage::sqlite
