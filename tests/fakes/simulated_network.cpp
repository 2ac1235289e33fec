#include "tests/fakes/simulated_network.h"

#include <atomic>
#include <utility>

#include "probes/net/invariant.h"
#include "tests/fakes/simulated_listener.h"
#include "tests/fakes/simulated_resolver.h"
#include "tests/fakes/simulated_stream.h"
#include "tests/fakes/simulated_world.h"

namespace gatewatch::tests {
namespace {

class SimulatedTimer final : public net::Timer {
 public:
  explicit SimulatedTimer(const std::shared_ptr<SimulatedWorld>& world) : object_(world) {}
  ~SimulatedTimer() override { stop(); }

  void start(std::chrono::nanoseconds after, Callback callback) override {
    stop();
    event_ = object_.world().after(after, std::move(callback));
  }
  void stop() override { object_.world().cancel(event_); }

 private:
  SimulatedObject object_;
  SimulatedWorld::EventKey event_;
};

class SimulatedWakeup final : public net::Wakeup {
 public:
  SimulatedWakeup(const std::shared_ptr<SimulatedWorld>& world,
                  std::move_only_function<void()> callback)
      : object_(world), state_(std::make_shared<State>(std::move(callback))) {}
  ~SimulatedWakeup() override { state_->alive = false; }

  void notify() noexcept override {
    if (state_->pending.exchange(true)) return;
    object_.world().post_from_any_thread([state = state_] {
      state->pending = false;
      if (state->alive) state->callback();
    });
  }

 private:
  struct State {
    explicit State(std::move_only_function<void()> to_call) : callback(std::move(to_call)) {}
    std::move_only_function<void()> callback;
    std::atomic<bool> pending = false;
    bool alive = true;
  };

  SimulatedObject object_;
  std::shared_ptr<State> state_;
};

}  // namespace

SimulatedNetwork::SimulatedNetwork(std::uint64_t seed)
    : world_(std::make_shared<SimulatedWorld>(seed)), resolver_(make_simulated_resolver(world_)) {}

SimulatedNetwork::~SimulatedNetwork() {
  world_->servers.clear();
  world_->conversations.clear();
  world_->forget_events();
  net::require(world_->objects == 0, "an object outlives its simulated network");
}

const net::Clock& SimulatedNetwork::clock() const {
  return *world_;
}

std::unique_ptr<net::Timer> SimulatedNetwork::timer() {
  return std::make_unique<SimulatedTimer>(world_);
}

std::unique_ptr<net::Stream> SimulatedNetwork::stream() {
  return make_simulated_stream(world_);
}

net::Resolver& SimulatedNetwork::resolver(const std::string&) {
  return *resolver_;
}

std::expected<std::unique_ptr<net::Listener>, Error> SimulatedNetwork::listen(
    const config::ListenAddress& address, net::Listener::Accept accept) {
  return make_simulated_listener(world_, address, std::move(accept));
}

std::unique_ptr<net::Wakeup> SimulatedNetwork::wakeup(std::move_only_function<void()> callback) {
  return std::make_unique<SimulatedWakeup>(world_, std::move(callback));
}

void SimulatedNetwork::run_for(std::chrono::nanoseconds duration) {
  const auto horizon = world_->now() + duration;
  while (world_->run_next(horizon)) {
  }
  world_->advance_to(horizon);
}

bool SimulatedNetwork::step() {
  return world_->run_next(Instant::max());
}

bool SimulatedNetwork::run_until(const std::function<bool()>& condition,
                                 std::chrono::nanoseconds limit) {
  const auto horizon = world_->now() + limit;
  while (!condition()) {
    if (!world_->run_next(horizon)) {
      world_->advance_to(horizon);
      return condition();
    }
  }
  return true;
}

void SimulatedNetwork::stall(std::chrono::nanoseconds duration) {
  world_->advance_to(world_->now() + duration);
}

void SimulatedNetwork::jump_wall_clock(std::chrono::microseconds by) {
  world_->jump_wall_clock(by);
}

void SimulatedNetwork::set_name(const std::string& host, std::vector<IpAddress> addresses,
                                std::chrono::seconds ttl) {
  world_->names[canonical_name(host)] = {
      .status = net::DnsStatus::Ok, .addresses = std::move(addresses), .ttl = ttl};
}

void SimulatedNetwork::set_partial_name(const std::string& host, std::vector<IpAddress> addresses) {
  set_name(host, std::move(addresses));
  world_->names[canonical_name(host)].is_partial = true;
}

void SimulatedNetwork::set_name_failure(const std::string& host, net::DnsStatus status,
                                        std::chrono::nanoseconds after) {
  world_->names[canonical_name(host)] = {
      .status = status, .addresses = {}, .ttl = {}, .after = after};
}

void SimulatedNetwork::set_connect_fault(const Endpoint& endpoint, ConnectFault fault) {
  world_->faults[endpoint] = fault;
}

void SimulatedNetwork::set_uplink_fault(ConnectFault fault) {
  world_->uplink_fault = fault;
}

void SimulatedNetwork::set_latency(std::chrono::nanoseconds one_way) {
  world_->latency = one_way;
}

void SimulatedNetwork::set_jitter(std::chrono::nanoseconds at_most) {
  world_->jitter = at_most;
}

void SimulatedNetwork::serve(const Endpoint& endpoint,
                             std::function<void(Conversation&)> on_bytes) {
  stop_serving(endpoint);
  world_->servers[endpoint] = make_simulated_server(world_, endpoint, std::move(on_bytes));
}

void SimulatedNetwork::stop_serving(const Endpoint& endpoint) {
  world_->servers.erase(endpoint);
}

std::uint64_t SimulatedNetwork::connects(const Endpoint& endpoint) const {
  const auto found = world_->connects.find(endpoint);
  return found == world_->connects.end() ? 0 : found->second;
}

}  // namespace gatewatch::tests
