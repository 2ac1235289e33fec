#include "tests/fakes/simulated_resolver.h"

#include <algorithm>
#include <utility>

namespace gatewatch::tests {
namespace {

using config::IpPreference;
using net::DnsStatus;
using net::Resolution;

bool is_wanted(IpFamily family, IpPreference preference) {
  if (preference == IpPreference::Any) return true;
  return (family == IpFamily::V4) == (preference == IpPreference::V4);
}

Resolution look_up(const SimulatedWorld& world, const std::string& host, IpPreference family) {
  SimulatedWorld::Name name = world.name(host);
  if (const auto literal = IpAddress::parse(host)) {
    name = {.status = DnsStatus::Ok, .addresses = {*literal}, .ttl = {}, .after = {}};
  }
  if (name.status != DnsStatus::Ok) {
    return {
        .status = name.status, .addresses = {}, .ttl = {}, .detail = "scripted failure of " + host};
  }
  std::erase_if(name.addresses,
                [family](const auto& address) { return !is_wanted(address.family, family); });
  if (name.addresses.empty()) {
    return {.status = DnsStatus::NoAddress, .addresses = {}, .ttl = {}, .detail = host};
  }
  return {.status = DnsStatus::Ok,
          .addresses = std::move(name.addresses),
          .ttl = name.ttl,
          .detail = {},
          .is_partial = name.is_partial};
}

class SimulatedLookup final : public net::Lookup {
 public:
  SimulatedLookup(const std::shared_ptr<SimulatedWorld>& world, const std::string& host,
                  IpPreference family, net::Resolver::Done done)
      : object_(world), done_(std::move(done)) {
    const auto delay =
        IpAddress::parse(host) ? std::chrono::nanoseconds(0) : world->name(host).after;
    // Of a name that fails for want of a server.
    is_deaf_ = world->name(host).status == DnsStatus::NoResolver;
    event_ = world->after(delay, [this, host, family] {
      auto answer = std::move(done_);
      answer(look_up(object_.world(), host, family));
    });
  }
  ~SimulatedLookup() override { object_.world().cancel(event_); }

  [[nodiscard]] DnsStatus so_far() const override {
    return is_deaf_ ? DnsStatus::NoResolver : DnsStatus::Timeout;
  }

 private:
  SimulatedObject object_;
  net::Resolver::Done done_;
  SimulatedWorld::EventKey event_;
  bool is_deaf_ = false;
};

class SimulatedResolver final : public net::Resolver {
 public:
  explicit SimulatedResolver(std::weak_ptr<SimulatedWorld> world) : world_(std::move(world)) {}

  [[nodiscard]] std::unique_ptr<net::Lookup> resolve(const std::string& host, IpPreference family,
                                                     Done done) override {
    return std::make_unique<SimulatedLookup>(world_.lock(), host, family, std::move(done));
  }

 private:
  std::weak_ptr<SimulatedWorld> world_;
};

}  // namespace

std::unique_ptr<net::Resolver> make_simulated_resolver(
    const std::shared_ptr<SimulatedWorld>& world) {
  return std::make_unique<SimulatedResolver>(world);
}

}  // namespace gatewatch::tests
