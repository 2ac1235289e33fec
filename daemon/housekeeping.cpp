#include "daemon/housekeeping.h"

#include <chrono>

namespace gatewatch::daemon {
namespace {

using namespace std::chrono_literals;

// Evidence takes at most this part of storage.max_size.
constexpr std::uint64_t evidence_share = 10;

}  // namespace

void Housekeeping::keep(storage::Recorder& recorder, const config::Storage& kept, Instant now,
                        Timestamp wall) {
  if (now < next_) return;
  next_ = now + 1min;
  if (now >= next_roll_up_) {
    next_roll_up_ = now + 10min;
    recorder.roll_up(wall);
  }
  recorder.forget_results(wall - kept.results);
  recorder.forget_evidence(wall - kept.evidence, kept.max_size / evidence_share);
  recorder.forget_rollups(wall - kept.rollups);
  recorder.limit_size(kept.max_size);
}

}  // namespace gatewatch::daemon
