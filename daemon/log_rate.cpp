#include "daemon/log_rate.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace gatewatch::daemon {

LogRate::Verdict LogRate::admit(std::string_view message, Instant now) {
  auto [entry, added] = buckets_.try_emplace(std::string(message));
  auto& bucket = entry->second;
  if (added) bucket.filled = now;
  const double elapsed = std::chrono::duration<double>(now - bucket.filled).count();
  bucket.tokens = std::min(burst, bucket.tokens + elapsed * per_second);
  bucket.filled = now;
  if (bucket.tokens < 1) {
    ++bucket.suppressed;
    return {false, 0};
  }
  bucket.tokens -= 1;
  return {true, std::exchange(bucket.suppressed, 0)};
}

}  // namespace gatewatch::daemon
