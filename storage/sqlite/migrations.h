// The layout of a file: whose it is, which version, and the way from an older one to ours.

#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>

#include "storage/sqlite/database.h"
#include "storage/sqlite/refusal.h"

namespace gatewatch::storage::sqlite {

inline constexpr std::int64_t application_id = 0x67776174;  // "gwat", in the file's header

// Leads from one layout to the next, within a transaction of the caller.
using MigrationStep = std::expected<void, Failure> (*)(Database& database);

// What a new file gets, and the steps for older ones: steps[0] leads from layout 1 to 2, and so on.
// The layout's number is therefore the count of steps plus one.
struct Layout {
  const char* schema;
  std::span<const MigrationStep> steps;

  [[nodiscard]] std::int64_t version() const { return static_cast<std::int64_t>(steps.size()) + 1; }
};

[[nodiscard]] Layout current_layout();

// The file's own version: 0 where it is empty. Refuses, and changes nothing, where it belongs to
// another program, is newer than `layout`, or is damaged.
[[nodiscard]] std::expected<std::int64_t, Refusal> identify(Database& database,
                                                            const Layout& layout);

// Brings a file of `version` to `layout`: creates it in an empty one; takes an older one there in
// one transaction, after a copy to PATH.layout-VERSION.
[[nodiscard]] std::expected<void, Refusal> migrate(Database& database, const Layout& layout,
                                                   std::int64_t version);

// What to tell the operator where opening the file failed.
[[nodiscard]] Refusal opening_error(const Database& database, const Failure& failure);

}  // namespace gatewatch::storage::sqlite
