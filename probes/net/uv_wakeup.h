// Wakeup on uv_async_t.

#pragma once

#include <functional>

#include "probes/net/network.h"
#include "probes/net/uv_loop.h"

namespace gatewatch::net {

class UvWakeup final : public Wakeup {
 public:
  UvWakeup(UvLoop& loop, std::move_only_function<void()> callback);
  ~UvWakeup() override;  // no notify() may still be running

  void notify() noexcept override;

 private:
  struct Block;
  Block* block_;
};

}  // namespace gatewatch::net
