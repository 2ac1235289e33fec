// Results with a value in every field, for tests that write them down and read them again.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "probes/result.h"

namespace gatewatch::tests {

// 2026-11-20T10:05:06.123456Z, and so many seconds later.
[[nodiscard]] Timestamp sample_time(std::int64_t seconds = 0);

[[nodiscard]] Result sample_result(const std::string& route, Timestamp started);
// A failing one with a value in every field: its texts hold quotes, control bytes, a NUL, and
// bytes that are not UTF-8, as a hostile server would send them.
[[nodiscard]] Result sample_failure(const std::string& route, Timestamp started);

// As a store gives results back: evidence is kept by itself.
[[nodiscard]] std::vector<Result> without_evidence(std::vector<Result> results);

}  // namespace gatewatch::tests
