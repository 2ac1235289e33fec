#include "daemon/probe_thread.h"

#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "probes/net/thread.h"
#include "probes/route_probe.h"

namespace gatewatch::daemon {
namespace {

using namespace std::chrono_literals;

// Routes are set and removed by reloads alone: this bounds one reload of everything.
constexpr std::size_t mailbox_capacity = 1'000'000;
constexpr auto hand_over_delay = 5ms;

std::shared_ptr<const ProbeIdentity> with_random(ProbeIdentity identity, RandomPool& pool) {
  identity.random = [&pool](std::span<std::byte> bytes) { pool.fill(bytes); };
  return std::make_shared<const ProbeIdentity>(std::move(identity));
}

bool resolves_alike(const config::Route& left, const config::Route& right) {
  return left.url.dns_name() == right.url.dns_name() && left.ip == right.ip &&
         left.resolver == right.resolver && left.proxy == right.proxy;
}

}  // namespace

std::string probe_thread_name(std::size_t index) {
  return fmt::format("probes-{}", index);
}

std::expected<std::unique_ptr<ProbeThread>, Error> ProbeThread::start(const std::string& name,
                                                                      ProbeThreadSettings settings,
                                                                      Deliver deliver) {
  auto network = net::UvNetwork::create();
  if (!network) return std::unexpected(network.error());
  std::unique_ptr<ProbeThread> made(
      new ProbeThread(std::move(settings), std::move(deliver), std::move(*network)));
  auto run = [&loop = *made->network_] { loop.run(); };
  if (auto error = net::start_thread(made->thread_, name, std::move(run))) {
    return std::unexpected(*std::move(error));
  }
  return made;
}

ProbeThread::ProbeThread(ProbeThreadSettings settings, Deliver deliver,
                         std::unique_ptr<net::UvNetwork> network)
    : identity_(with_random(std::move(settings.identity), random_)),
      deliver_(std::move(deliver)),
      network_(std::move(network)),
      mailbox_(std::make_unique<LoopMailbox>(*network_, mailbox_capacity)) {
  scheduler_ = std::make_unique<Scheduler>(
      *network_, settings.anchor, settings.in_flight_limit,
      [this](const ScheduledRoute& route, ProbeKind kind, std::uint64_t turn) {
        return make_probe(route, kind, turn);
      },
      [this](Result&& result) { collect(std::move(result)); });
  hand_over_timer_ = network_->timer();
  look_timer_ = network_->timer();
  look_at_itself();
}

ProbeThread::~ProbeThread() {
  if (thread_.joinable()) {  // it may never have begun
    post([this] {
      hand_over();
      network_->stop();
    });
    thread_.join();
  }
  scheduler_.reset();
  hand_over_timer_.reset();
  look_timer_.reset();
  mailbox_.reset();
  (void)network_->close();
}

void ProbeThread::set(std::shared_ptr<const Target> target) {
  post([this, target = std::move(target)]() mutable {
    const auto& route = target->route;
    const auto id = route.id();
    const auto* const known = scheduler_->find(id);
    if (known != nullptr && !resolves_alike(known->target->route, route)) addresses_.forget(id);
    scheduler_->set({id, route.interval, route.timeout, route.confirm, std::move(target)});
  });
}

void ProbeThread::remove(const std::string& route) {
  post([this, route] {
    scheduler_->remove(route);
    addresses_.forget(route);
  });
}

void ProbeThread::confirm(const std::string& route) {
  post([this, route] { scheduler_->confirm(route); });
}

void ProbeThread::probe_once(const std::string& route) {
  post([this, route] { scheduler_->probe_once(route); });
}

void ProbeThread::set_policy(TargetPolicy policy) {
  post([this, policy = std::move(policy)]() mutable {
    auto identity = *identity_;
    identity.policy = std::move(policy);
    identity_ = std::make_shared<const ProbeIdentity>(std::move(identity));
  });
}

void ProbeThread::drain(std::function<void()> drained) {
  post([this, drained = std::move(drained)]() mutable {
    scheduler_->drain([this, drained = std::move(drained)] {
      hand_over();
      drained();
    });
  });
}

ProbeThreadStatistics ProbeThread::statistics() const {
  const std::scoped_lock lock(mutex_);
  return statistics_;
}

void ProbeThread::collect(Result&& result) {
  addresses_.look_at(result);
  if (collected_.empty()) hand_over_timer_->start(hand_over_delay, [this] { hand_over(); });
  collected_.push_back(std::move(result));
}

void ProbeThread::hand_over() {
  hand_over_timer_->stop();
  if (!collected_.empty()) deliver_(std::exchange(collected_, {}));
}

void ProbeThread::look_at_itself() {
  {
    const std::scoped_lock lock(mutex_);
    statistics_ = {scheduler_->statistics(), network_->take_longest_turn(),
                   network_->clock().now()};
  }
  look_timer_->start(1s, [this] { look_at_itself(); });
}

void ProbeThread::post(LoopMailbox::Letter letter) {
  // A thread whose mailbox is full has stopped running its loop: nothing sane is left to do.
  if (!mailbox_->post(std::move(letter))) std::abort();
}

std::unique_ptr<Probe> ProbeThread::make_probe(const ScheduledRoute& route, ProbeKind kind,
                                               std::uint64_t turn) {
  return make_route_probe(*network_, identity_, route.target, kind, turn,
                          [this](Result&& result) { collect(std::move(result)); });
}

}  // namespace gatewatch::daemon
