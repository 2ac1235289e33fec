#include "probes/trace_context.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <doctest/doctest.h>

using namespace gatewatch;

TEST_CASE("ids are lower-case hex of the right length") {
  std::uint8_t next = 0xf0;
  const RandomSource counting = [&next](std::span<std::byte> bytes) {
    for (auto& byte : bytes) byte = std::byte{next++};
  };
  CHECK(make_trace_id(counting) == "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
  CHECK(make_span_id(counting) == "0001020304050607");
  CHECK(traceparent("aa", "bb") == "00-aa-bb-01");
}

TEST_CASE("an id is never all zeroes, even from a source that gives nothing else") {
  const RandomSource zeroes = [](std::span<std::byte> bytes) {
    std::ranges::fill(bytes, std::byte{0});
  };
  CHECK(make_trace_id(zeroes) == "00000000000000000000000000000001");
  CHECK(make_span_id(zeroes) == "0000000000000001");
}

TEST_CASE("the system's ids differ") {
  CHECK(make_trace_id(fill_from_system) != make_trace_id(fill_from_system));
}
