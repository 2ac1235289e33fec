#include "config/maintenance.h"

#include <chrono>

namespace gatewatch::config {

std::optional<TimeSpan> Maintenance::window(Moment at) const {
  if (!calendar) return once && once->ends > at ? once : std::nullopt;
  const auto length = std::chrono::ceil<std::chrono::seconds>(duration);
  // Of several that are in force at once the one that began first: what follows is asked for then.
  const auto start = calendar->next(at - length + std::chrono::seconds(1), zone);
  if (!start) return std::nullopt;
  return TimeSpan{*start, *start + length};
}

}  // namespace gatewatch::config
