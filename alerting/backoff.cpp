#include "alerting/backoff.h"

#include <algorithm>

namespace gatewatch::alerting {

std::chrono::milliseconds retry_delay(const OutboxLimits& limits, int failures,
                                      std::optional<std::chrono::seconds> retry_after,
                                      double chance) {
  auto delay = limits.first_retry;
  for (int doubled = 1; doubled < failures && delay < limits.longest_retry; ++doubled) delay *= 2;
  delay = std::min(delay, limits.longest_retry);
  constexpr double spread = 0.2;
  const double factor = 1.0 - spread + 2.0 * spread * chance;
  delay = std::chrono::milliseconds(
      static_cast<std::chrono::milliseconds::rep>(static_cast<double>(delay.count()) * factor));
  // Compared in milliseconds of the cap, so that an absurd number of seconds overflows nothing.
  const auto cap = std::chrono::ceil<std::chrono::seconds>(limits.longest_retry);
  const auto asked = std::min(retry_after.value_or(std::chrono::seconds(0)), cap);
  return std::min(std::max<std::chrono::milliseconds>(delay, asked), limits.longest_retry);
}

Pace::Pace(std::chrono::nanoseconds pace, int burst, Instant now)
    : pace_(pace), ahead_(pace * (burst - 1)), paced_(now), rested_(now) {}

Instant Pace::next(Instant now) const {
  return std::max(now, paced_ - ahead_);
}

Instant Pace::next_without_burst(Instant now) const {
  return std::max(now, rested_);
}

void Pace::sent(Instant now) {
  rested_ = now + pace_;
  paced_ = std::max(paced_, now) + pace_;
}

}  // namespace gatewatch::alerting
