// Circumstances as results without numbers, by their own number; each is read once. Lives for one
// question, within its transaction: numbers are used again.

#pragma once

#include <cstdint>
#include <expected>
#include <unordered_map>
#include <unordered_set>

#include "probes/result.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

class CircumstanceList {
 public:
  explicit CircumstanceList(Database& database);

  // A result with what those of `id` share. The pointer holds for the list's life. Fails where the
  // file says nothing of it, or has a word that this program does not know.
  [[nodiscard]] std::expected<const Result*, Failure> find(std::int64_t id);

 private:
  Database& database_;
  std::unordered_map<std::int64_t, Result> known_;
  Statement read_;
};

// The numbers of all that have the route of the number `route`.
[[nodiscard]] std::expected<std::unordered_set<std::int64_t>, Failure> circumstances_of(
    Database& database, std::int64_t route);

}  // namespace gatewatch::storage::sqlite
