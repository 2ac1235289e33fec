#include "probes/net/uv_loop.h"

#include <algorithm>
#include <string>
#include <utility>

#include "probes/net/invariant.h"

namespace gatewatch::net {

std::expected<std::unique_ptr<UvLoop>, Error> UvLoop::create() {
  auto made = std::unique_ptr<UvLoop>(new UvLoop);
  if (const int error = uv_loop_init(&made->loop_); error != 0) {
    made->closed_ = true;
    return std::unexpected(Error{std::string("cannot start an event loop: ") + uv_strerror(error)});
  }
  uv_loop_configure(&made->loop_, UV_METRICS_IDLE_TIME);
  uv_prepare_init(&made->loop_, &made->prepare_);
  made->prepare_.data = made.get();
  uv_prepare_start(&made->prepare_, [](uv_prepare_t* handle) noexcept {
    static_cast<UvLoop*>(handle->data)->measure_turn();
  });
  uv_idle_init(&made->loop_, &made->idle_);
  made->idle_.data = made.get();
  if (const int error = made->sockets_.open(*made); error != 0) {
    (void)made->close();
    return std::unexpected(Error{std::string("cannot watch sockets: ") + uv_strerror(error)});
  }
  return made;
}

UvLoop::~UvLoop() {
  require(closed_, "an event loop is destroyed before it is closed");
}

UvLoop::DeferredId UvLoop::defer(std::move_only_function<void()> callback) {
  deferred_.push_back(std::move(callback));
  if (!closing_) {
    uv_idle_start(&idle_, [](uv_idle_t* handle) noexcept {
      static_cast<UvLoop*>(handle->data)->run_deferred();
    });
  }
  return first_deferred_ + deferred_.size() - 1;
}

void UvLoop::cancel(DeferredId id) {
  if (id >= first_deferred_) deferred_[id - first_deferred_] = nullptr;
}

void UvLoop::run_deferred() {
  // What is deferred from now on waits for the next turn.
  for (auto left = deferred_.size(); left > 0; --left) {
    auto callback = std::move(deferred_.front());
    deferred_.pop_front();
    ++first_deferred_;
    if (callback) callback();
  }
  if (deferred_.empty()) uv_idle_stop(&idle_);
}

// Turns are measured from prepare to prepare, less the time that the kernel let us sleep: libuv
// runs the callbacks of sockets inside its poll phase.
void UvLoop::measure_turn() {
  const std::uint64_t now_ns = uv_hrtime();
  const std::uint64_t idle_ns = uv_metrics_idle_time(&loop_);
  if (turn_began_ns_ != 0) {
    const std::uint64_t turn_ns = now_ns - turn_began_ns_;
    const std::uint64_t slept_ns = std::min(turn_ns, idle_ns - idle_before_ns_);
    longest_turn_ns_ = std::max(longest_turn_ns_, turn_ns - slept_ns);
  }
  turn_began_ns_ = now_ns;
  idle_before_ns_ = idle_ns;
}

std::chrono::nanoseconds UvLoop::take_longest_turn() {
  return std::chrono::nanoseconds(std::exchange(longest_turn_ns_, 0));
}

int UvLoop::close() {
  if (closed_) return 0;
  if (!std::exchange(closing_, true)) {
    first_deferred_ += deferred_.size();
    deferred_.clear();
    sockets_.close();
    uv_close(reinterpret_cast<uv_handle_t*>(&prepare_), nullptr);
    uv_close(reinterpret_cast<uv_handle_t*>(&idle_), nullptr);
  }
  constexpr int most_turns = 1000;  // closing takes one or two; a leaked handle would take for ever
  int result = uv_loop_close(&loop_);
  for (int turn = 0; result == UV_EBUSY && turn < most_turns; ++turn) {
    uv_run(&loop_, UV_RUN_NOWAIT);
    result = uv_loop_close(&loop_);
  }
  closed_ = result == 0;
  return result;
}

}  // namespace gatewatch::net
