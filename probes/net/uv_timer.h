// Timer on uv_timer_t. Never fires early; its resolution is a millisecond.

#pragma once

#include "probes/net/network.h"
#include "probes/net/uv_loop.h"

namespace gatewatch::net {

class UvTimer final : public Timer {
 public:
  explicit UvTimer(UvLoop& loop);
  ~UvTimer() override;

  void start(std::chrono::nanoseconds after, Callback callback) override;
  void stop() override;

 private:
  struct Block;
  void fire();

  Block* block_;
  Callback callback_;
};

}  // namespace gatewatch::net
