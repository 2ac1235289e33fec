#include "storage/failure_storm.h"

#include <utility>

namespace gatewatch::storage {

FailureStorm::Place FailureStorm::add(Timestamp at) {
  const bool goes_on = has_begun_ && std::chrono::abs(at - newest_) < pause;
  const bool stays = !goes_on || std::chrono::abs(at - newest_staying_) >= pace;
  has_begun_ = true;
  newest_ = at;
  if (stays) newest_staying_ = at;
  const bool last_stayed = std::exchange(newest_stays_, stays);
  return {.stays = stays, .replaces = goes_on && !last_stayed};
}

}  // namespace gatewatch::storage
