// What results and incidents can say since layout 6: that a probe started within a maintenance
// window, who acknowledged an incident, and what holds its notifications back.

#pragma once

#include <expected>

#include "storage/sqlite/database.h"

namespace gatewatch::storage::sqlite {

// Steps of a migration, within a transaction of the caller.

// The columns that whoever reads or writes results needs, where they are not there yet: steps from
// older layouts come by here first.
[[nodiscard]] std::expected<void, Failure> add_maintenance(Database& database);
// All that layout 6 has and layout 5 lacks.
[[nodiscard]] std::expected<void, Failure> migrate_columns(Database& database);

}  // namespace gatewatch::storage::sqlite
