// What can be read from a damaged database, row by row: incidents with all that belongs to them,
// deliveries, silences, changes, gaps; then evidence and rollups. Results are left: they are many,
// and their rollups say what they came to.

#pragma once

#include <cstdint>
#include <expected>

#include "storage/sqlite/database.h"

namespace gatewatch::storage::sqlite {

struct Salvaged {
  std::uint64_t incidents = 0;
  bool is_complete = true;  // no row was found missing, but for evidence and rollups
};

// Of each table at most so much, the newest: a start must not take long. Of hours and minutes the
// rows are shared out among the routes and regions.
inline constexpr std::int64_t most_salvaged_rows = 100'000;
inline constexpr std::int64_t most_salvaged_hours = 500'000;
inline constexpr std::int64_t most_salvaged_bytes = 100 << 20;

// `from` is for nothing else, and read-only. Copies into the tables of `into`, which are empty, in
// one transaction: whatever layout `from` has, the columns that both know. What cannot be read is
// left out, from its newest end up to the damage and from its oldest up to that. The failure is
// that of `into`.
[[nodiscard]] std::expected<Salvaged, Failure> salvage(Database& from, Database& into);

}  // namespace gatewatch::storage::sqlite
