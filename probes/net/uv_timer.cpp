#include "probes/net/uv_timer.h"

#include <algorithm>
#include <utility>

namespace gatewatch::net {

struct UvTimer::Block {
  uv_timer_t handle{};
  UvTimer* owner = nullptr;
};

UvTimer::UvTimer(UvLoop& loop) : block_(new Block) {
  uv_timer_init(loop.get(), &block_->handle);
  block_->handle.data = block_;
  block_->owner = this;
}

UvTimer::~UvTimer() {
  block_->owner = nullptr;
  close_and_delete<Block>(block_->handle);
}

void UvTimer::start(std::chrono::nanoseconds after, Callback callback) {
  constexpr std::chrono::nanoseconds longest = std::chrono::years(10);
  const auto wait = std::clamp(after, std::chrono::nanoseconds(0), longest);
  // libuv counts from its cached time in whole milliseconds, which may lie in the past.
  uv_update_time(block_->handle.loop);
  const std::uint64_t due_ns = uv_hrtime() + static_cast<std::uint64_t>(wait.count());
  const std::uint64_t due_ms = (due_ns + 999'999) / 1'000'000;
  callback_ = std::move(callback);
  uv_timer_start(
      &block_->handle,
      [](uv_timer_t* handle) noexcept {
        auto* const owner = static_cast<Block*>(handle->data)->owner;
        if (owner != nullptr) owner->fire();
      },
      due_ms - uv_now(block_->handle.loop), 0);
}

void UvTimer::stop() {
  uv_timer_stop(&block_->handle);
}

void UvTimer::fire() {
  auto callback = std::move(callback_);
  callback();
}

}  // namespace gatewatch::net
