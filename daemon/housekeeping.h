// What the recorder is asked to forget and to sum up, and when.

#pragma once

#include <optional>

#include "config/config.h"
#include "daemon/clock_watch.h"
#include "probes/time.h"
#include "storage/recorder.h"

namespace gatewatch::daemon {

// Belongs to the main loop. `recorder` must outlive every call.
//
// A clock that is set years ahead must not cost the history: for a day what is forgotten goes by
// what the clock would show had it not been set, and after a start by when the store was written
// last. What is summed up goes by the clock, since that destroys nothing.
class Housekeeping {
 public:
  // At the start; nothing for a store that is new.
  void begin(std::optional<Timestamp> last_written, Instant boot_now);
  // To be called at least every few seconds; asks once a minute at most.
  void keep(storage::Recorder& recorder, const config::Storage& kept, const ClockReading& now,
            const ClockWatch& clocks);

 private:
  [[nodiscard]] Timestamp believed(const ClockReading& now, const ClockWatch& clocks) const;

  std::optional<Timestamp> last_written_;
  Instant began_{};
  Instant next_{};
  Instant next_roll_up_{};
};

}  // namespace gatewatch::daemon
