// Records with a value in every field, for tests that store them and read them back.

#pragma once

#include <cstdint>
#include <string>

#include "storage/records.h"

namespace gatewatch::tests {

// 2026-11-20T10:05:06.123456Z, and so many seconds later.
[[nodiscard]] Timestamp sample_time(std::int64_t seconds = 0);

[[nodiscard]] Result sample_result(const std::string& route, Timestamp started);
// A failing one with a value in every field: its texts hold quotes, control bytes, a NUL, and
// bytes that are not UTF-8, as a hostile server would send them.
[[nodiscard]] Result sample_failure(const std::string& route, Timestamp started);

// Step `sequence` of an open incident with two routes and one delivery ("ID/SEQUENCE/ops").
[[nodiscard]] storage::IncidentStep sample_step(std::int64_t incident, std::int64_t sequence);

}  // namespace gatewatch::tests
