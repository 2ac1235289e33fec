#include "tests/fakes/simulated_world.h"

#include <algorithm>
#include <utility>

namespace gatewatch::tests {

using namespace std::chrono_literals;

Timestamp SimulatedWorld::wall_now() const {
  constexpr Timestamp start = std::chrono::sys_days{std::chrono::year(2026) / 11 / 20} + 10h;
  return start + std::chrono::duration_cast<std::chrono::microseconds>(now_ - Instant{1h}) +
         wall_offset_;
}

SimulatedWorld::EventKey SimulatedWorld::at(Instant due, Event event) {
  const EventKey key{std::max(due, now_), next_age_++};
  events_.emplace(key, std::move(event));
  return key;
}

void SimulatedWorld::forget_events() {
  while (!events_.empty()) {
    const auto forgotten = std::exchange(events_, {});  // destroying them may add some
  }
}

void SimulatedWorld::post_from_any_thread(Event event) {
  const std::lock_guard lock(posted_mutex_);
  posted_.push_back(std::move(event));
}

void SimulatedWorld::take_posted() {
  const std::lock_guard lock(posted_mutex_);
  for (auto& event : posted_) at(now_, std::move(event));
  posted_.clear();
}

bool SimulatedWorld::run_next(Instant horizon) {
  take_posted();
  if (events_.empty() || events_.begin()->first.first > horizon) return false;
  auto node = events_.extract(events_.begin());
  now_ = std::max(now_, node.key().first);
  node.mapped()();
  return true;
}

std::chrono::nanoseconds SimulatedWorld::flight() {
  if (jitter <= 0ns) return latency;
  return latency + std::chrono::nanoseconds(
                       std::uniform_int_distribution<std::int64_t>(0, jitter.count())(random_));
}

std::weak_ptr<SimulatedAcceptor> SimulatedWorld::acceptor(const Endpoint& endpoint) const {
  if (const auto exact = acceptors.find(endpoint); exact != acceptors.end()) return exact->second;
  Endpoint any{.address = {.family = endpoint.address.family}, .port = endpoint.port};
  if (const auto wildcard = acceptors.find(any); wildcard != acceptors.end()) {
    return wildcard->second;
  }
  return {};
}

Endpoint SimulatedWorld::free_endpoint(Endpoint wanted) {
  while (wanted.port == 0 || acceptors.contains(wanted)) {
    wanted.port = static_cast<std::uint16_t>(next_port++);
  }
  return wanted;
}

const SimulatedWorld::Name& SimulatedWorld::name(const std::string& host) const {
  using enum SimulatedNetwork::ConnectFault;
  static const Name unknown;
  static const Name unheard{
      .status = net::DnsStatus::Timeout, .addresses = {}, .after = std::chrono::seconds(7)};
  static const Name refused{.status = net::DnsStatus::ServFail, .addresses = {}};
  if (uplink_fault == Drop) return unheard;
  if (uplink_fault != None) return refused;
  const auto found = names.find(canonical_name(host));
  return found == names.end() ? unknown : found->second;
}

std::string canonical_name(const std::string& host) {
  std::string name = host;
  if (name.ends_with('.')) name.pop_back();
  std::ranges::transform(name, name.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return name;
}

}  // namespace gatewatch::tests
