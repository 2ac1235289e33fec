// What every Store must do with rollups, as one test for all of them. Called inside a TEST_CASE;
// each SUBCASE starts from a store of its own.

#pragma once

#include <functional>
#include <memory>

#include "storage/store.h"

namespace gatewatch::tests {

// `make` returns a store that holds nothing.
void check_rollup_contract(const std::function<std::unique_ptr<storage::Store>()>& make);

// Until nothing is due.
void roll_up(storage::Store& store,
             Timestamp until = Timestamp(std::chrono::sys_days(std::chrono::year(2200) / 1 / 1)));

}  // namespace gatewatch::tests
