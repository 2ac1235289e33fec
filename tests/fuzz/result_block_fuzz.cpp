// A block of results from a file that anybody may have changed is read or refused; what was read
// comes back the same after it was packed again.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "storage/result_block.h"
#include "tests/fuzz/fuzz_input.h"

using namespace gatewatch;

namespace {

// Of one to eight bytes, as the first one says.
std::int64_t number(tests::FuzzInput& input) {
  std::uint64_t value = 0;
  for (int count = input.next() % 9; count > 0; --count) value = value << 8 | input.next();
  return static_cast<std::int64_t>(value);
}

void check(std::span<const storage::ResultNumbers> results, std::size_t most_bytes) {
  const auto block = storage::encode_block(results, most_bytes);
  const auto count = static_cast<std::size_t>(block.count);
  tests::require(count >= 1 && count <= results.size(), "a block takes some of the results");
  tests::require(count == 1 || block.data.size() <= most_bytes, "a block has its limit");
  const auto again = storage::decode_block(block);
  tests::require(again && std::ranges::equal(*again, results.first(count)),
                 "what was packed comes back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tests::FuzzInput input(data, size);
  storage::ResultBlock block;
  block.count = number(input);
  block.step_us = number(input);
  for (auto& base : block.bases) base = number(input);
  // Widths lead to more blocks that are whole than ends would.
  const bool has_widths = input.next() % 4 != 0;
  std::int64_t end = 0;
  for (auto& place : block.ends) place = has_widths ? end += input.next() % 66 : number(input);
  block.data.assign(input.rest().data(), input.rest().size());
  const auto results = storage::decode_block(block);
  if (!results) return 0;
  check(*results, std::numeric_limits<std::size_t>::max());
  check(*results, size % 200);
  return 0;
}
