// Timer in the loop's queue. Never fires early; its resolution is a millisecond.

#pragma once

#include "probes/net/network.h"
#include "probes/net/uv_loop.h"

namespace gatewatch::net {

class UvTimer final : public Timer, private UvTimerQueue::Entry {
 public:
  explicit UvTimer(UvLoop& loop) : loop_(loop) {}
  ~UvTimer() override { loop_.timers().remove(*this); }

  void start(std::chrono::nanoseconds after, Callback callback) override;
  void stop() override { loop_.timers().remove(*this); }

 private:
  void fire() override;

  UvLoop& loop_;
  Callback callback_;
};

}  // namespace gatewatch::net
