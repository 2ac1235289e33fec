// What the parts of the simulated network share: time, the queue of events, the script of names
// and faults, and who listens where. Tests use simulated_network.h instead.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/fakes/simulated_network.h"

namespace gatewatch::tests {

class SimulatedConversation;
class SimulatedEnd;

// Where connections to an endpoint go. Held by the listener; the world only looks at it.
struct SimulatedAcceptor {
  std::function<void(std::shared_ptr<SimulatedEnd>)> accept;
};

class SimulatedWorld final : public net::Clock {
 public:
  using Event = std::move_only_function<void()>;
  using EventKey = std::pair<Instant, std::uint64_t>;

  struct Name {
    net::DnsStatus status = net::DnsStatus::NxDomain;
    std::vector<IpAddress> addresses;
    std::chrono::seconds ttl{0};
    std::chrono::nanoseconds after = std::chrono::milliseconds(1);
    bool is_partial = false;
  };

  explicit SimulatedWorld(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] Instant now() const override { return now_; }
  [[nodiscard]] Timestamp wall_now() const override;
  void jump_wall_clock(std::chrono::microseconds by) { wall_offset_ += by; }

  EventKey at(Instant due, Event event);
  EventKey after(std::chrono::nanoseconds delay, Event event) {
    return at(now_ + delay, std::move(event));
  }
  void cancel(const EventKey& key) { events_.erase(key); }
  void forget_events();  // they own parts of the world
  // Any thread: the event runs before whatever else is due.
  void post_from_any_thread(Event event);

  // Runs the next event if it is due by `horizon`; whether there was one.
  bool run_next(Instant horizon);
  void advance_to(Instant time) { now_ = std::max(now_, time); }

  // The time of one flight: the latency and a jitter drawn from the seed.
  [[nodiscard]] std::chrono::nanoseconds flight();
  [[nodiscard]] std::weak_ptr<SimulatedAcceptor> acceptor(const Endpoint& endpoint) const;
  [[nodiscard]] Endpoint free_endpoint(Endpoint wanted);
  [[nodiscard]] const Name& name(const std::string& host) const;

  std::map<std::string, Name> names;  // by lower-case name without a final dot
  std::map<Endpoint, SimulatedNetwork::ConnectFault> faults;
  SimulatedNetwork::ConnectFault uplink_fault = SimulatedNetwork::ConnectFault::None;
  std::map<Endpoint, std::weak_ptr<SimulatedAcceptor>> acceptors;
  std::map<std::string, std::weak_ptr<SimulatedAcceptor>> unix_acceptors;
  std::map<Endpoint, std::unique_ptr<net::Listener>> servers;
  std::map<std::uint64_t, std::shared_ptr<SimulatedConversation>> conversations;
  std::map<Endpoint, std::uint64_t> connects;
  std::chrono::nanoseconds latency = std::chrono::microseconds(500);
  std::chrono::nanoseconds jitter{0};
  std::uint64_t next_conversation = 0;
  std::uint64_t next_port = 49152;
  int objects = 0;  // timers, streams, … that tests hold

 private:
  void take_posted();

  Instant now_{std::chrono::hours(1)};
  std::chrono::microseconds wall_offset_{0};
  std::uint64_t next_age_ = 0;
  std::map<EventKey, Event> events_;
  std::mt19937_64 random_;
  std::mutex posted_mutex_;
  std::vector<Event> posted_;
};

// Counts an object that must be gone before the network is.
class SimulatedObject {
 public:
  explicit SimulatedObject(std::shared_ptr<SimulatedWorld> world) : world_(std::move(world)) {
    ++world_->objects;
  }
  SimulatedObject(const SimulatedObject&) = delete;
  SimulatedObject& operator=(const SimulatedObject&) = delete;
  ~SimulatedObject() { --world_->objects; }

  [[nodiscard]] SimulatedWorld& world() const { return *world_; }
  [[nodiscard]] const std::shared_ptr<SimulatedWorld>& shared() const { return world_; }

 private:
  std::shared_ptr<SimulatedWorld> world_;
};

[[nodiscard]] std::string canonical_name(const std::string& host);

}  // namespace gatewatch::tests
