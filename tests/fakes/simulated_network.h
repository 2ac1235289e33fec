// The Network's twin under a simulated clock: time passes only when a test says so, in events
// ordered by due time, then by age, so that a run depends on nothing but its script and seed.
//
// Servers: listen() works as in the real network, on any address; a connect() to an endpoint with
// a listener is accepted after the latency of one round trip. Faults are set per endpoint or name.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "probes/net/network.h"

namespace gatewatch::tests {

class SimulatedWorld;

class SimulatedNetwork final : public net::Network {
 public:
  explicit SimulatedNetwork(std::uint64_t seed = 1);
  ~SimulatedNetwork() override;  // asserts that nothing made by it is left

  // Network.
  [[nodiscard]] const net::Clock& clock() const override;
  [[nodiscard]] std::unique_ptr<net::Timer> timer() override;
  [[nodiscard]] std::unique_ptr<net::Stream> stream() override;
  [[nodiscard]] net::Resolver& resolver(const std::string& server) override;
  [[nodiscard]] std::expected<std::unique_ptr<net::Listener>, Error> listen(
      const config::ListenAddress& address, net::Listener::Accept accept) override;
  [[nodiscard]] std::unique_ptr<net::Wakeup> wakeup(
      std::move_only_function<void()> callback) override;

  // Time. Runs every event that falls due within `duration`.
  void run_for(std::chrono::nanoseconds duration);
  // Runs one event, moving time to it; false where none is left.
  bool step();
  // Until `condition` holds, at most `limit` of simulated time: whether it holds.
  bool run_until(const std::function<bool()>& condition, std::chrono::nanoseconds limit);
  // The process stands still (SIGSTOP): time passes and nothing runs.
  void stall(std::chrono::nanoseconds duration);
  // The wall clock jumps; the monotonic clock does not.
  void jump_wall_clock(std::chrono::microseconds by);

  // Names. A name that was never set answers nxdomain.
  void set_name(const std::string& host, std::vector<IpAddress> addresses,
                std::chrono::seconds ttl = std::chrono::seconds(60));
  // One of which the other family has not answered yet.
  void set_partial_name(const std::string& host, std::vector<IpAddress> addresses);
  void set_name_failure(const std::string& host, net::DnsStatus status,
                        std::chrono::nanoseconds after = std::chrono::milliseconds(1));

  // Connections. Without listener and fault a connect is refused.
  enum class ConnectFault { None, Refuse, Drop, Unreachable, NoResources };
  void set_connect_fault(const Endpoint& endpoint, ConnectFault fault);
  // Of every connection that is begun from now on, and every question to a name server; None mends.
  void set_uplink_fault(ConnectFault fault);
  void set_latency(std::chrono::nanoseconds one_way);  // of every connection; 500 µs at first
  // Adds up to `at_most` to each flight, drawn from the seed: another seed, another interleaving.
  void set_jitter(std::chrono::nanoseconds at_most);

  // A server as a script: for each accepted connection the script gets a Conversation.
  class Conversation {
   public:
    virtual ~Conversation() = default;
    virtual void send(std::string bytes) = 0;
    virtual void finish() = 0;  // FIN
    virtual void reset() = 0;   // RST
    virtual void after(std::chrono::nanoseconds delay, std::function<void()> action) = 0;
    // The bytes received so far.
    [[nodiscard]] virtual const std::string& received() const = 0;
  };
  // `on_bytes` is called after each arrival of bytes, and once at the start with nothing received.
  void serve(const Endpoint& endpoint, std::function<void(Conversation&)> on_bytes);
  void stop_serving(const Endpoint& endpoint);

  // What happened: connections that were attempted to the endpoint.
  [[nodiscard]] std::uint64_t connects(const Endpoint& endpoint) const;

 private:
  std::shared_ptr<SimulatedWorld> world_;
  std::unique_ptr<net::Resolver> resolver_;
};

}  // namespace gatewatch::tests
