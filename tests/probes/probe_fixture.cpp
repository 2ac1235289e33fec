#include "tests/probes/probe_fixture.h"

#include <random>
#include <utility>

#include <doctest/doctest.h>

namespace gatewatch::tests {

using namespace std::chrono_literals;

config::Route make_route(const std::string& url) {
  config::Route route;
  route.group = "shop";
  route.name = "checkout";
  route.url = Url::parse(url).value();
  route.timeout = 10s;
  route.expect.status.add(200, 299);
  return route;
}

std::shared_ptr<const Target> make_target(config::Route route) {
  TargetFactory factory;
  auto target = factory.create(std::move(route));
  if (!target) FAIL(target.error().message);
  return *std::move(target);
}

ProbeIdentity make_identity(std::uint64_t seed) {
  ProbeIdentity identity;
  identity.region = "eu-west";
  identity.user_agent = "gatewatch/test";
  identity.random = [generator = std::mt19937_64(seed)](std::span<std::byte> bytes) mutable {
    for (auto& byte : bytes) byte = static_cast<std::byte>(generator());
  };
  return identity;
}

ProbeRun::ProbeRun(net::Network& network, const config::Route& route, std::uint64_t turn,
                   ProbeIdentity identity, ProbeKind kind)
    : probe_(make_http_probe(network, std::make_shared<const ProbeIdentity>(std::move(identity)),
                             make_target(route),
                             {.kind = kind, .number = turn, .began = {}, .on_addresses = {}})) {}

void ProbeRun::start() {
  is_starting_ = true;
  probe_->start([this](Result result) {
    REQUIRE_FALSE(is_starting_);         // never from inside start()
    REQUIRE_FALSE(result_.has_value());  // at most once
    result_ = std::move(result);
    probe_.reset();  // `done` may destroy the probe
    if (on_done) on_done();
  });
  is_starting_ = false;
}

}  // namespace gatewatch::tests
