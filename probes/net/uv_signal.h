// SignalWatch on uv_signal_t.

#pragma once

#include <functional>

#include "probes/net/uv_loop.h"
#include "probes/net/uv_network.h"

namespace gatewatch::net {

class UvSignal final : public SignalWatch {
 public:
  UvSignal(UvLoop& loop, int number, std::move_only_function<void()> callback);
  ~UvSignal() override;

 private:
  struct Block;
  Block* block_;
};

}  // namespace gatewatch::net
