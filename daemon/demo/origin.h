// The demo's origin: answers every request with a small page, and can be down, which closes its
// port.

#pragma once

#include <expected>
#include <memory>
#include <unordered_map>

#include "config/ip_address.h"
#include "probes/net/network.h"

namespace gatewatch::daemon {

class DemoOrigin {
 public:
  // `network` must outlive it.
  [[nodiscard]] static std::expected<std::unique_ptr<DemoOrigin>, Error> start(
      net::Network& network);
  ~DemoOrigin();

  [[nodiscard]] Endpoint local() const { return local_; }
  void go_down() { listener_.reset(); }
  // Where its port was taken meanwhile it stays down.
  void come_back();

 private:
  class Answer;
  explicit DemoOrigin(net::Network& network);
  [[nodiscard]] std::expected<void, Error> listen(Endpoint endpoint);
  void accept(std::unique_ptr<net::Stream> client);
  void forget(Answer* answer);

  net::Network& network_;
  Endpoint local_;
  std::unordered_map<Answer*, std::unique_ptr<Answer>> answers_;
  std::unique_ptr<net::Listener> listener_;
};

}  // namespace gatewatch::daemon
