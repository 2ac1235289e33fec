// The way to the layout that has evidence by itself: before, the head of a failing answer stood in
// the table `failure`, and was forgotten with its result.

#pragma once

#include <expected>

#include "storage/sqlite/database.h"

namespace gatewatch::storage::sqlite {

// The step of a migration, within a transaction of the caller: heads become evidence, as far as the
// storms that they are of leave them.
[[nodiscard]] std::expected<void, Failure> migrate_response_heads(Database& database);

}  // namespace gatewatch::storage::sqlite
