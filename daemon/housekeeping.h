// What the recorder is asked to forget and to sum up, and when.

#pragma once

#include "config/config.h"
#include "probes/time.h"
#include "storage/recorder.h"

namespace gatewatch::daemon {

// Belongs to the main loop. `recorder` must outlive every call.
class Housekeeping {
 public:
  // To be called at least every few seconds; asks once a minute at most. `wall`: by a clock that is
  // believed, for one set years ahead must not cost the history.
  void keep(storage::Recorder& recorder, const config::Storage& kept, Instant now, Timestamp wall);

 private:
  Instant next_{};
  Instant next_roll_up_{};
};

}  // namespace gatewatch::daemon
