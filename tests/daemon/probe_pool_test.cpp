#include "daemon/probe_pool.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "daemon/loop_mailbox.h"
#include "probes/net/uv_network.h"
#include "tests/fakes/thread_famine.h"

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

namespace {

// A route to a port where nobody listens: its probes fail at once.
config::Route refused_route(const std::string& name, std::uint16_t port) {
  config::Route route;
  route.name = name;
  route.url = Url::parse(fmt::format("http://127.0.0.1:{}/", port)).value();
  route.interval = 100ms;
  route.timeout = 100ms;
  route.tls.verify = false;
  route.expect.status.add(200, 299);
  return route;
}

std::uint16_t closed_port(net::UvNetwork& network) {
  const auto listener =
      network.listen({{IpAddress::parse("127.0.0.1").value(), 0}, {}}, [](auto) {}).value();
  return listener->local().port;
}

}  // namespace

TEST_CASE("every route of the pool is probed, one that was removed no more, and draining ends") {
  auto main = net::UvNetwork::create().value();
  {
    LoopMailbox mailbox(*main, 100'000);
    std::map<std::string, int> results;
    bool removed = false;
    bool draining = false;
    const ScheduleAnchor anchor{main->clock().wall_now(), main->clock().now()};
    const ProbeThreadSettings settings{.identity = {"local", "test", TargetPolicy::standard()},
                                       .anchor = anchor};
    std::unique_ptr<ProbePool> pool;
    const auto deliver = [&](std::vector<Result> batch) {
      (void)mailbox.post([&, batch = std::move(batch)] {
        for (const auto& result : batch) {
          CHECK(result.outcome == Outcome::ConnectRefused);
          ++results[result.route];
        }
        if (!removed && results.size() == 8) {
          removed = true;
          for (int route = 1; route < 8; ++route) pool->remove(fmt::format("route-{}", route));
          results.clear();
        }
        if (removed && !draining && results["route-0"] >= 10) {
          draining = true;
          pool->drain([&] { (void)mailbox.post([&main] { main->stop(); }); });
        }
      });
    };
    pool = ProbePool::start(2, settings, deliver).value();
    TargetFactory factory;
    const auto port = closed_port(*main);
    for (int route = 0; route < 8; ++route) {
      pool->set(factory.create(refused_route(fmt::format("route-{}", route), port)).value());
    }
    main->run();
    for (const auto& [route, count] : results) {
      if (route != "route-0") CHECK(count <= 1);  // one that was on its way
    }
    CHECK(pool->statistics().size() == 2);
    CHECK(pool->alive(main->clock().now(), 1h));
    pool.reset();
  }
  CHECK(main->close() == 0);
}

TEST_CASE("a new target policy holds for the probes that begin from then on, on every thread") {
  auto main = net::UvNetwork::create().value();
  {
    LoopMailbox mailbox(*main, 100'000);
    std::map<std::string, std::map<Outcome, int>> results;
    std::unique_ptr<ProbePool> pool;
    const auto all_have = [&results](Outcome outcome) {
      return results.size() == 8 && std::ranges::all_of(results, [outcome](const auto& route) {
               return route.second.contains(outcome);
             });
    };
    auto policy = TargetPolicy::standard();
    const auto deliver = [&](std::vector<Result> batch) {
      (void)mailbox.post([&, batch = std::move(batch)] {
        for (const auto& result : batch) ++results[result.route][result.outcome];
        if (policy.deny.size() == TargetPolicy::standard().deny.size()) {
          if (!all_have(Outcome::ConnectRefused)) return;
          policy.deny.push_back(IpNetwork::parse("127.0.0.0/8").value());
          pool->set_policy(policy);
        } else if (all_have(Outcome::TargetRefused)) {
          main->stop();
        }
      });
    };
    pool = ProbePool::start(2,
                            {.identity = {"local", "test", TargetPolicy::standard()},
                             .anchor = {main->clock().wall_now(), main->clock().now()}},
                            deliver)
               .value();
    TargetFactory factory;
    const auto port = closed_port(*main);
    for (int route = 0; route < 8; ++route) {
      pool->set(factory.create(refused_route(fmt::format("route-{}", route), port)).value());
    }
    main->run();
    CHECK(all_have(Outcome::TargetRefused));
    pool.reset();
  }
  CHECK(main->close() == 0);
}

TEST_CASE("a pool without one of its threads is an error that names it") {
  const tests::ThreadFamine famine;
  const auto pool = ProbePool::start(2, {}, [](const std::vector<Result>&) {});
  REQUIRE_FALSE(pool.has_value());
  CHECK(pool.error().message.starts_with("the thread probes-0 cannot be started: "));
}
