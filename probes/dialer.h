// Connects to the first of several addresses that answers, in the manner of RFC 8305: the next
// attempt begins when the one before has failed, or after 250 ms without an answer; the first
// connection that stands wins and all others are closed. Knows no deadline: destroying cancels.

#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "config/ip_address.h"
#include "probes/net/network.h"

namespace gatewatch {

struct Dialed {
  std::unique_ptr<net::Stream> stream;  // null: every attempt failed
  Endpoint endpoint;                    // connected to, or the one that `result` tells of
  net::IoResult result;                 // of all failures the one that says most of the target
  // Where a later address answered: the first one that did not.
  std::optional<std::pair<Endpoint, net::IoResult>> failed_before;
  // The other family than the one that answered, where an address of it was tried before in vain.
  std::optional<IpFamily> broken_family;
};

class Dialer {
 public:
  using Done = std::move_only_function<void(Dialed)>;
  static constexpr std::chrono::milliseconds attempt_delay{250};

  // `endpoints`: at least one, in the order to try. `network` must outlive the dialer.
  Dialer(net::Network& network, std::vector<Endpoint> endpoints);
  ~Dialer();
  Dialer(const Dialer&) = delete;
  Dialer& operator=(const Dialer&) = delete;

  // `done` is called once, never from inside start(), and may destroy the dialer.
  void start(Done done);

 private:
  class Attempt;

  void start_next();
  void on_attempt(Attempt& attempt, net::IoResult result);
  void finish(Dialed dialed);

  net::Network& network_;
  std::vector<Endpoint> endpoints_;
  std::vector<std::unique_ptr<Attempt>> attempts_;  // one for each endpoint that was tried so far
  std::unique_ptr<net::Timer> timer_;
  Done done_;
};

}  // namespace gatewatch
