// What every Store must do with evidence, as check_store_contract() says it of the rest.

#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "storage/store.h"

namespace gatewatch::tests {

// `make` returns a store that holds nothing.
void check_evidence_contract(const std::function<std::unique_ptr<storage::Store>()>& make);

[[nodiscard]] std::vector<Result> evidence_of(storage::Store& store,
                                              const storage::ResultQuery& query = {});

}  // namespace gatewatch::tests
