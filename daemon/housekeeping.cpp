#include "daemon/housekeeping.h"

#include <algorithm>
#include <chrono>

namespace gatewatch::daemon {
namespace {

using namespace std::chrono_literals;

// Evidence takes at most this part of storage.max_size.
constexpr std::uint64_t evidence_share = 10;

}  // namespace

void Housekeeping::begin(std::optional<Timestamp> last_written, Instant boot_now) {
  last_written_ = last_written;
  began_ = boot_now;
}

Timestamp Housekeeping::believed(const ClockReading& now, const ClockWatch& clocks) const {
  const auto wall = std::min(now.wall, clocks.expected_wall(now));
  const auto run = now.boot - began_;
  if (!last_written_ || run >= ClockWatch::doubt) return wall;
  return std::min(wall, *last_written_ + std::chrono::floor<std::chrono::microseconds>(run));
}

void Housekeeping::keep(storage::Recorder& recorder, const config::Storage& kept,
                        const ClockReading& now, const ClockWatch& clocks) {
  if (now.monotonic < next_) return;
  next_ = now.monotonic + 1min;
  if (now.monotonic >= next_roll_up_) {
    next_roll_up_ = now.monotonic + 10min;
    recorder.roll_up(now.wall);
  }
  const auto wall = believed(now, clocks);
  recorder.forget_results(wall - kept.results);
  recorder.forget_evidence(wall - kept.evidence, kept.max_size / evidence_share);
  recorder.forget_rollups(wall - kept.rollups);
  recorder.limit_size(kept.max_size);
}

}  // namespace gatewatch::daemon
