#include "daemon/route_counters.h"

namespace gatewatch::daemon {

void RouteCounters::observe(const Result& result) {
  if (result.status != 0) responses.add(static_cast<std::uint16_t>(result.status));
  turn.add(result);
  if (turn.has_failed()) {
    up = false;
  } else if (turn.is_over() && turn.is_known()) {
    up = true;
  }
  if (result.outcome == Outcome::Vantage) {  // says nothing about the target
    ++unknown;
    return;
  }
  ++(result.is_failing() ? failing : ok);
  if (result.is_failing()) failures.add(result.outcome);
  for (std::size_t phase = 0; phase < phase_count; ++phase) {
    phases[phase] += result.timings.phases[phase];
  }
  duration.add(result.duration());
  if (result.certificate) certificate_expiry = result.certificate->not_after;
}

}  // namespace gatewatch::daemon
