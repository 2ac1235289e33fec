#include "daemon/clock_watch.h"

#include <array>

namespace gatewatch::daemon {
namespace {

using std::chrono::microseconds;

constexpr std::chrono::milliseconds same_moment{10};
constexpr std::size_t most_steps = 16;

microseconds difference(Instant later, Instant earlier) {
  return std::chrono::duration_cast<microseconds>(later - earlier);
}

}  // namespace

ClockReading read_clocks(const net::Clock& clock) {
  ClockReading reading;
  for (int attempt = 0; attempt < 3; ++attempt) {
    reading = {clock.now(), clock.boot_now(), clock.wall_now()};
    if (clock.boot_now() - reading.boot < same_moment) break;  // else we were put aside meanwhile
  }
  return reading;
}

std::string_view clock_jump_name(ClockJump::Kind kind) noexcept {
  constexpr std::array<std::string_view, 3> names = {"suspend", "forward", "backward"};
  return names[static_cast<std::size_t>(kind)];
}

std::vector<ClockJump> ClockWatch::look(const ClockReading& now) {
  std::vector<ClockJump> jumps;
  const auto awake = difference(now.monotonic, last_.monotonic);
  const auto passed = difference(now.boot, last_.boot);
  if (const auto slept = passed - awake; slept >= least_jump) {
    jumps.push_back({ClockJump::Kind::Suspend, slept});
  }
  const auto step = (now.wall - last_.wall) - passed;
  if (std::chrono::abs(step) >= least_jump) {
    using enum ClockJump::Kind;
    jumps.push_back({step.count() > 0 ? Forward : Backward, std::chrono::abs(step)});
    if (steps_.size() == most_steps) steps_.erase(steps_.begin());
    steps_.push_back({now.boot, step});
  }
  std::erase_if(steps_, [&now](const Step& old) { return now.boot - old.at >= doubt; });
  last_ = now;
  return jumps;
}

Timestamp ClockWatch::expected_wall(const ClockReading& now) const {
  auto wall = now.wall;
  for (const auto& step : steps_) wall -= step.by;
  return wall;
}

}  // namespace gatewatch::daemon
