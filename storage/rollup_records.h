// What is asked of rollups, and the answers, as values.

#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "probes/time.h"
#include "storage/rollup.h"

namespace gatewatch::storage {

enum class RollupStep : std::uint8_t { Minute, Hour, Day };  // days are those of UTC
[[nodiscard]] constexpr std::chrono::seconds length_of(RollupStep step) {
  switch (step) {
    case RollupStep::Minute:
      return std::chrono::minutes(1);
    case RollupStep::Hour:
      return std::chrono::hours(1);
    case RollupStep::Day:
      break;
  }
  return std::chrono::days(1);
}

struct RollupQuery {
  std::string route{};
  RollupStep step = RollupStep::Hour;
  Timestamp from{};    // where a step begins: those that begin here or later
  Timestamp before{};  // and earlier than here; the caller bounds how many that can be
};

struct StoredRollup {
  std::string region{};
  Timestamp begin{};
  Rollup rollup{};

  friend bool operator==(const StoredRollup&, const StoredRollup&) = default;
};

struct HistoryQuery {
  std::string route{};  // empty: every route
  std::string after{};  // only routes that come later, by their name
  std::chrono::sys_days first_day{};
  std::uint32_t days = 90;
  std::uint32_t routes = 1'000;  // at most so many, by name
};

// Days of one route seen from one region.
struct RouteHistory {
  std::string route{};
  std::string region{};
  Rollup total{};
  std::vector<Uptime> days{};  // each of them, from the first on

  friend bool operator==(const RouteHistory&, const RouteHistory&) = default;
};

}  // namespace gatewatch::storage
