// What the tests of the recorder submit, and how they look at what was written.

#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "storage/recorder.h"
#include "tests/contracts/records_samples.h"
#include "tests/storage/gated_store.h"

namespace gatewatch::tests {

// A batch that time alone would never end: what a test sees written was written for its own reason.
inline constexpr storage::RecorderLimits patient{.batch = std::chrono::hours(1),
                                                 .retry = std::chrono::milliseconds(1)};

[[nodiscard]] inline std::size_t result_count(const Seen& seen) {
  std::size_t count = 0;
  for (const auto& batch : seen.batches) count += batch.results.size();
  return count;
}

[[nodiscard]] inline std::vector<std::uint64_t> body_sizes(const Seen& seen) {
  std::vector<std::uint64_t> sizes;
  for (const auto& batch : seen.batches)
    for (const auto& result : batch.results) sizes.push_back(result.body_size);
  return sizes;
}

[[nodiscard]] inline Result numbered(std::uint64_t number) {
  auto result = sample_result("shop/cart", sample_time());
  result.body_size = number;
  return result;
}

[[nodiscard]] inline storage::DeliveryRecord delivery(const std::string& key) {
  storage::DeliveryRecord record;
  record.key = key;
  return record;
}

}  // namespace gatewatch::tests
