#include "daemon/schedule.h"

namespace gatewatch::daemon {

std::uint64_t stable_hash(std::string_view text) noexcept {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char character : text) {
    hash ^= static_cast<unsigned char>(character);
    hash *= 1099511628211ULL;
  }
  // The finisher of MurmurHash3: FNV alone leaves the high bits of similar names alike.
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccdULL;
  hash ^= hash >> 33;
  hash *= 0xc4ceb9fe1a85ec53ULL;
  hash ^= hash >> 33;
  return hash;
}

config::Duration schedule_phase(std::string_view route, config::Duration interval, int region_slot,
                                int region_slots) {
  const auto share = interval.count() * region_slot / region_slots;
  const auto hashed =
      static_cast<std::int64_t>(stable_hash(route) % static_cast<std::uint64_t>(interval.count()));
  const auto phase = (hashed + share) % interval.count();
  return config::Duration(phase - phase % schedule_tick.count());
}

Schedule::Schedule(const ScheduleAnchor& anchor, config::Duration interval, config::Duration phase)
    : epoch_(anchor.monotonic - anchor.wall.time_since_epoch() + phase), interval_(interval) {}

std::int64_t Schedule::first_turn(Instant now) const {
  const auto elapsed = (now - epoch_).count();
  const auto whole = elapsed / interval_.count();
  const bool exact = elapsed % interval_.count() == 0;
  return exact || elapsed < 0 ? whole : whole + 1;
}

Instant Schedule::due(std::int64_t turn) const {
  return epoch_ + turn * interval_;
}

}  // namespace gatewatch::daemon
