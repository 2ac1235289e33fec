// The demo's gateway: takes a request, fetches the answer from the origin on a connection of its
// own, passes it on; where the origin cannot be reached it answers 502 itself.

#pragma once

#include <memory>
#include <unordered_map>

#include "config/ip_address.h"
#include "probes/net/network.h"

namespace gatewatch::daemon {

class DemoGateway {
 public:
  // `network` must outlive it.
  [[nodiscard]] static std::expected<std::unique_ptr<DemoGateway>, Error> start(
      net::Network& network, Endpoint origin);
  ~DemoGateway();

  [[nodiscard]] Endpoint local() const { return listener_->local(); }

 private:
  class Exchange;
  DemoGateway(net::Network& network, Endpoint origin);
  void accept(std::unique_ptr<net::Stream> client);
  void forget(Exchange* exchange);

  net::Network& network_;
  Endpoint origin_;
  std::unordered_map<Exchange*, std::unique_ptr<Exchange>> exchanges_;
  std::unique_ptr<net::Listener> listener_;
};

}  // namespace gatewatch::daemon
