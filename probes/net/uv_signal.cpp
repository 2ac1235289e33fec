#include "probes/net/uv_signal.h"

#include <utility>

#include "probes/net/invariant.h"

namespace gatewatch::net {

struct UvSignal::Block {
  uv_signal_t handle{};
  bool has_owner = true;
  std::move_only_function<void()> callback;
};

UvSignal::UvSignal(UvLoop& loop, int number, std::move_only_function<void()> callback)
    : block_(new Block) {
  block_->callback = std::move(callback);
  // Signals are watched from the start of the process on: without a pipe for them there is none.
  require(uv_signal_init(loop.get(), &block_->handle) == 0, "uv_signal_init failed");
  block_->handle.data = block_;
  const int error = uv_signal_start(
      &block_->handle,
      [](uv_signal_t* handle, int) noexcept {
        auto* const block = static_cast<Block*>(handle->data);
        if (block->has_owner) block->callback();
      },
      number);
  require(error == 0, "uv_signal_start failed");
}

UvSignal::~UvSignal() {
  block_->has_owner = false;
  close_and_delete<Block>(block_->handle);
}

}  // namespace gatewatch::net
