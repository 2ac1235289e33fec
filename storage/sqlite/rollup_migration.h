// The way from layout 2, which had no rollups, to layout 3: the tables, and a mark for every hour
// of which there may be results. They are rolled up while the daemon works.

#pragma once

#include <expected>

#include "storage/sqlite/database.h"

namespace gatewatch::storage::sqlite {

// The step of a migration. Within a transaction of the caller.
[[nodiscard]] std::expected<void, Failure> begin_rollups(Database& database);

}  // namespace gatewatch::storage::sqlite
