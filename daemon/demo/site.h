// The small world that `gatewatch demo` watches: an origin, and a gateway in front of it that
// answers 502 Bad Gateway while the origin is down, as nginx would. Every two minutes the origin
// is down for a while. Real sockets on loopback, on a thread of its own.

#pragma once

#include <chrono>
#include <expected>
#include <memory>

#include "config/error.h"
#include "config/ip_address.h"

namespace gatewatch::daemon {

struct DemoOutages {
  std::chrono::milliseconds period{120'000};
  std::chrono::milliseconds begin{20'000};  // within the period
  std::chrono::milliseconds end{60'000};
};

class DemoSite {
 public:
  [[nodiscard]] static std::expected<std::unique_ptr<DemoSite>, Error> start(DemoOutages outages);
  ~DemoSite();

  [[nodiscard]] Endpoint gateway() const;

 private:
  class World;
  explicit DemoSite(std::unique_ptr<World> world);

  std::unique_ptr<World> world_;
};

}  // namespace gatewatch::daemon
