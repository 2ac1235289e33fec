// An hour of samples as the seed has it: a route that is probed at any pace, with any outcomes.

#pragma once

#include <array>
#include <random>
#include <vector>

#include "storage/rollup.h"

namespace gatewatch::tests {

inline const Timestamp rollup_noon{std::chrono::sys_days(std::chrono::year(2026) / 11 / 20) +
                                   std::chrono::hours(12)};

inline std::vector<storage::RollupSample> some_rollup_samples(unsigned seed) {
  std::mt19937 random(seed);
  const std::chrono::milliseconds interval(500 + random() % 120'000);
  const auto trouble = random() % 3 == 0 ? 5U : 100U;
  std::vector<storage::RollupSample> samples;
  for (auto time = rollup_noon; time < rollup_noon + std::chrono::hours(1);
       time += interval + std::chrono::microseconds(random() % 3'000)) {
    constexpr std::array outcomes{Outcome::Slow, Outcome::StatusMismatch, Outcome::Timeout,
                                  Outcome::Vantage};
    const bool is_bad = random() % trouble == 0;
    samples.push_back(
        {.sample = {time, interval, is_bad ? outcomes[random() % 4] : Outcome::Ok},
         .kind = is_bad && random() % 2 == 0 ? ProbeKind::Confirmation : ProbeKind::Scheduled,
         .status = is_bad && random() % 2 == 0 ? 502 : 200,
         .duration = std::chrono::microseconds(1'000 + random() % 300'000)});
  }
  return samples;
}

}  // namespace gatewatch::tests
