// Results that a query asks for, out of their blocks.

#pragma once

#include <expected>
#include <vector>

#include "probes/result.h"
#include "storage/records.h"
#include "storage/sqlite/database.h"

namespace gatewatch::storage::sqlite {

// Within a read transaction of the caller: it takes several statements.
[[nodiscard]] std::expected<std::vector<Result>, Failure> find_results(Database& database,
                                                                       const ResultQuery& query);

}  // namespace gatewatch::storage::sqlite
