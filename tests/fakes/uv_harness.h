// A real network for a test, that must close without a leaked handle at its end.

#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include <doctest/doctest.h>

#include "probes/net/uv_network.h"

namespace gatewatch::tests {

class UvHarness {
 public:
  UvHarness() : network_(net::UvNetwork::create().value()) {}
  UvHarness(const UvHarness&) = delete;
  UvHarness& operator=(const UvHarness&) = delete;
  ~UvHarness() { CHECK(network_->close() == 0); }

  [[nodiscard]] net::UvNetwork& network() { return *network_; }

  // Runs the loop until `condition` holds, which is looked at every millisecond; false after
  // `limit`, which is there for broken code alone.
  bool run_until(const std::function<bool()>& condition,
                 std::chrono::nanoseconds limit = std::chrono::seconds(20)) {
    const Instant give_up = network_->clock().now() + limit;
    const auto timer = network_->timer();
    bool holds = false;
    std::function<void()> look = [&] {
      holds = condition();
      if (holds || network_->clock().now() >= give_up) return network_->stop();
      timer->start(std::chrono::milliseconds(1), look);
    };
    timer->start(std::chrono::nanoseconds(0), look);
    network_->run();
    return holds;
  }

 private:
  std::unique_ptr<net::UvNetwork> network_;
};

}  // namespace gatewatch::tests
