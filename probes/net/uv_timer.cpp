#include "probes/net/uv_timer.h"

#include <algorithm>
#include <utility>

namespace gatewatch::net {

void UvTimer::start(std::chrono::nanoseconds after, Callback callback) {
  constexpr std::chrono::nanoseconds longest = std::chrono::years(10);
  const auto wait = std::clamp(after, std::chrono::nanoseconds(0), longest);
  callback_ = std::move(callback);
  loop_.timers().set(*this, uv_hrtime() + static_cast<std::uint64_t>(wait.count()));
}

void UvTimer::fire() {
  auto callback = std::move(callback_);
  callback();
}

}  // namespace gatewatch::net
