// What every Store must do, as one test for all of them. Called inside a TEST_CASE; each SUBCASE
// starts from a store of its own.

#pragma once

#include <functional>
#include <memory>

#include "storage/store.h"

namespace gatewatch::tests {

// `make` returns a store that holds nothing.
void check_store_contract(const std::function<std::unique_ptr<storage::Store>()>& make);

}  // namespace gatewatch::tests
