// The way from layout 1, where every result was a row of its own, to layout 2.

#pragma once

#include <expected>

#include "storage/sqlite/database.h"

namespace gatewatch::storage::sqlite {

// Within a transaction of the caller. Needs no more memory for a large file than for a small one.
[[nodiscard]] std::expected<void, Failure> migrate_rows(Database& database);

}  // namespace gatewatch::storage::sqlite
