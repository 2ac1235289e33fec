// What rules cost: bytes of memory for 10,000 routes that five rules watch from five regions, and
// processor time a result, in good health, while a tenth of all routes fails half of the time, and
// while everything is down. The real incident desk, ticked each second, over results that come as
// the schedule has them come; what is printed is beside a desk without rules.
//
//     bench_rules [ROUTES [MINUTES]]

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <malloc.h>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "alerting/incident_desk.h"

namespace {

using namespace gatewatch;
using namespace std::chrono_literals;

constexpr int regions = 5;
constexpr auto interval = 30s;
constexpr Timestamp start{std::chrono::seconds{1'800'000'000}};

struct Load {
  const char* name;
  double routes;  // share of them that is ill
  double share;   // of their results that fails
};

std::shared_ptr<const config::Config> make_config(int routes, bool with_rules) {
  auto config = std::make_shared<config::Config>();
  config->routes.reserve(static_cast<std::size_t>(routes));
  for (int index = 0; index < routes; ++index) {
    config::Route route;
    route.group = fmt::format("shop-{:03}", index / 100);
    route.name = fmt::format("page-{:02}", index % 100);
    route.url.scheme = "https";
    route.url.host = fmt::format("shop-{:03}.example.com", index / 100);
    route.url.port = 443;
    route.url.path = "/" + route.name;
    route.expect.status.add(200, 399);
    config->routes.push_back(std::move(route));
  }
  if (!with_rules) return config;
  config->rules = config::built_in_rules({});
  const auto add = [&](const char* name, const char* match, config::Duration window) {
    config::Rule rule;
    rule.name = name;
    if (rule.match.add(match)) std::abort();
    rule.window = window;
    config->rules.push_back(std::move(rule));
  };
  add("slow", "slow", 10min);
  add("slow-burn", "failing", 6h);
  return config;
}

std::vector<Result> make_results(const config::Config& config) {
  std::vector<Result> results;
  results.reserve(config.routes.size());
  for (const auto& route : config.routes) {
    Result result;
    result.route = route.id();
    result.interval = interval;
    result.http_version = "1.1";
    result.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    result.timings[Phase::Wait] = 12ms;
    results.push_back(std::move(result));
  }
  return results;
}

std::size_t heap_bytes() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

struct Cost {
  double bytes = 0;
  double microseconds = 0;  // a result
};

Cost measure(int routes, int minutes, const Load& load, bool with_rules) {
  const auto config = make_config(routes, with_rules);
  auto results = make_results(*config);
  std::vector<std::string> names;
  for (int region = 0; region < regions; ++region)
    names.push_back(fmt::format("region-{}", region));
  std::mt19937_64 random(1);
  std::bernoulli_distribution fails(load.share);
  const auto ill = static_cast<std::size_t>(load.routes * routes);
  const auto slots = static_cast<std::int64_t>(results.size()) * regions;
  const auto turns = static_cast<std::int64_t>(minutes) * (60s / interval);

  const auto before = heap_bytes();
  alerting::IncidentDesk desk(config, {});
  const auto begun = std::clock();  // processor time: others may use the machine
  auto next_tick = start;
  for (std::int64_t slot = 0; slot < slots * turns; ++slot) {
    const auto now = start + std::chrono::microseconds(interval) * slot / slots;
    if (now >= next_tick) {
      (void)desk.tick(now);
      next_tick += 1s;
    }
    // Phases are spread by a hash: neighbours in time are not neighbours in memory.
    const auto route = static_cast<std::size_t>(slot * 7'919 % slots / regions);
    auto& result = results[route];
    const bool failed = route < ill && fails(random);
    result.started = now;
    result.region = names[static_cast<std::size_t>(slot * 7'919 % regions)];
    result.outcome = failed ? Outcome::StatusMismatch : Outcome::Ok;
    result.status = failed ? 502 : 200;
    (void)desk.observe(result, now + 20ms);
  }
  const auto used = static_cast<double>(std::clock() - begun) * 1e6 / CLOCKS_PER_SEC;
  return {.bytes = static_cast<double>(heap_bytes()) - static_cast<double>(before),
          .microseconds = used / static_cast<double>(slots * turns)};
}

}  // namespace

int main(int argc, char** argv) {
  const int routes = argc > 1 ? std::atoi(argv[1]) : 10'000;
  const int minutes = argc > 2 ? std::atoi(argv[2]) : 15;
  if (routes < 1 || minutes < 1) {
    fmt::print(stderr, "usage: bench_rules [ROUTES [MINUTES]]\n");
    return 2;
  }
  fmt::print("{} routes, 5 rules, {} regions, a probe every {} s from each, {} minutes\n", routes,
             regions, interval / 1s, minutes);
  for (const auto& load : {Load{"in good health", 0, 0}, Load{"a tenth fails by half", 0.1, 0.5},
                           Load{"all is down", 1, 1}, Load{"all fails by half", 1, 0.5}}) {
    const auto without = measure(routes, minutes, load, false);
    const auto with = measure(routes, minutes, load, true);
    fmt::print("{:<22} {:6.1f} MB  {:6.0f} B a rule, route and region  {:5.2f} µs a result\n",
               load.name, (with.bytes - without.bytes) / 1e6,
               (with.bytes - without.bytes) / (5.0 * regions * routes),
               with.microseconds - without.microseconds);
  }
  return 0;
}
