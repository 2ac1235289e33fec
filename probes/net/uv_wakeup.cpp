#include "probes/net/uv_wakeup.h"

#include <utility>

#include "probes/net/invariant.h"

namespace gatewatch::net {

// The callback lives here, not in the owner: it may destroy the owner while it runs.
struct UvWakeup::Block {
  uv_async_t handle{};
  bool has_owner = true;
  std::move_only_function<void()> callback;
};

UvWakeup::UvWakeup(UvLoop& loop, std::move_only_function<void()> callback) : block_(new Block) {
  block_->callback = std::move(callback);
  const int error = uv_async_init(loop.get(), &block_->handle, [](uv_async_t* handle) noexcept {
    auto* const block = static_cast<Block*>(handle->data);
    if (block->has_owner) block->callback();
  });
  // The loop made its eventfd when it was initialised, so there is nothing left that can fail.
  require(error == 0, "uv_async_init failed");
  block_->handle.data = block_;
}

UvWakeup::~UvWakeup() {
  block_->has_owner = false;
  close_and_delete<Block>(block_->handle);
}

void UvWakeup::notify() noexcept {
  uv_async_send(&block_->handle);
}

}  // namespace gatewatch::net
