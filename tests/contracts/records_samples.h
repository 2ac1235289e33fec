// Records with a value in every field, for tests that store them and read them back.

#pragma once

#include <cstdint>

#include "storage/records.h"
#include "tests/fakes/sample_results.h"

namespace gatewatch::tests {

// Step `sequence` of an open incident with two routes and one delivery ("ID/SEQUENCE/ops").
[[nodiscard]] storage::IncidentStep sample_step(std::int64_t incident, std::int64_t sequence);

}  // namespace gatewatch::tests
