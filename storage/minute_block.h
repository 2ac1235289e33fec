// The 60 rollups of an hour's minutes in little space, which plain SQL reads too: rollup_schema.sql
// says why. A minute's sketch is the list of its buckets, so that the one thing to keep of most
// minutes, in which all is well, is a number of few bits for each latency. How many there are in a
// minute follows an even pace, and takes no bits where it does. Pure.

#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string>

#include "config/error.h"
#include "storage/rollup.h"

namespace gatewatch::storage {

struct MinuteBlock {
  std::int64_t status = 0;  // of the usual answer: scheduled and ok
  // The latencies of the minutes 0 to i are (i + 1) × step + end_base and what the bits hold.
  std::int64_t step = 0;
  std::int64_t end_base = 0;
  std::int64_t end_bits = 0;
  std::int64_t bucket_base = 0;  // the least bucket
  std::int64_t bucket_bits = 0;  // how many bits hold what is beyond it
  std::string others{};          // the other answers, see answer_list.h; empty: none
  // end_bits for each minute, then bucket_bits for each latency: minute by minute, and in a
  // minute in their order.
  std::string data{};

  friend bool operator==(const MinuteBlock&, const MinuteBlock&) = default;
};

using MinuteRollups = std::array<Rollup, minutes_per_hour>;

[[nodiscard]] MinuteBlock encode_minutes(const MinuteRollups& minutes);
// Trusts nothing.
[[nodiscard]] std::expected<MinuteRollups, Error> decode_minutes(const MinuteBlock& block);

}  // namespace gatewatch::storage
