// `gatewatch probe`: one probe of each URL or configured route, shown as a waterfall, exiting like
// a monitoring plugin.

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "config/load.h"
#include "daemon/commands/command.h"
#include "daemon/commands/probe_route.h"
#include "daemon/commands/waterfall.h"
#include "daemon/version.h"
#include "probes/net/uv_network.h"
#include "probes/result_json.h"
#include "probes/route_probe.h"

namespace gatewatch::daemon {
namespace {

// What is probed, and who the daemon would be in doing it.
struct Task {
  std::vector<config::Route> routes;
  std::string region = "local";
  TargetPolicy policy = TargetPolicy::standard();
};

std::expected<Task, UsageMistakes> task_of_urls(const ProbeOptions& options) {
  if (options.urls.empty()) return std::unexpected(UsageMistakes{"name a URL, or a --route"});
  Task task;
  for (const auto& url : options.urls) {
    auto route = route_of_options(url, options);
    if (!route) return std::unexpected(std::move(route.error()));
    task.routes.push_back(*std::move(route));
  }
  return task;
}

std::expected<Task, UsageMistakes> task_of_config(const ProbeOptions& options) {
  const auto config = config::load(options.config_file, config::process_environment());
  if (!config) {
    UsageMistakes mistakes;
    for (const auto& mistake : config.error()) mistakes.push_back(mistake.text());
    return std::unexpected(std::move(mistakes));
  }
  auto routes = routes_of_config(*config, options.routes);
  if (!routes) return std::unexpected(std::move(routes.error()));
  return Task{*std::move(routes), config->daemon.region, config->daemon.targets};
}

// The results of each target, in their order.
std::expected<std::vector<Result>, Error> probe_all(
    const std::vector<std::shared_ptr<const Target>>& targets,
    const std::shared_ptr<const ProbeIdentity>& identity) {
  auto network = net::UvNetwork::create();
  if (!network) return std::unexpected(network.error());
  std::vector<std::vector<Result>> found(targets.size());
  std::vector<std::unique_ptr<Probe>> probes;
  std::size_t left = targets.size();
  for (std::size_t index = 0; index < targets.size(); ++index) {
    const auto keep = [&found, index](Result result) { found[index].push_back(std::move(result)); };
    probes.push_back(
        make_route_probe(**network, identity, targets[index], ProbeKind::Manual, 0, keep));
    probes.back()->start([&left, &network, keep](Result result) {
      keep(std::move(result));
      if (--left == 0) (*network)->stop();
    });
  }
  (*network)->run();
  probes.clear();
  (void)(*network)->close();
  std::vector<Result> results;
  for (auto& of_target : found) std::ranges::move(of_target, std::back_inserter(results));
  return results;
}

// Worst first: critical, unknown, warning, ok.
int worse(int left, int right) {
  constexpr int rank[] = {0, 1, 3, 2};
  return rank[left] >= rank[right] ? left : right;
}

int show(const std::vector<Result>& results, bool as_json) {
  int exit_code = exit_fine;
  for (const auto& result : results) {
    exit_code = worse(exit_code, plugin_exit_code(result));
    if (as_json) {
      fmt::print("{}\n", to_json(result).dump());
    } else {
      fmt::print("{}\n{}", plugin_line(result), waterfall(result));
    }
  }
  return exit_code;
}

int give_up(const UsageMistakes& mistakes) {
  for (const auto& mistake : mistakes) fmt::print(stderr, "gatewatch probe: {}\n", mistake);
  return exit_unknown;
}

}  // namespace

int probe_command(const ProbeOptions& options) {
  const auto task = options.routes.empty() ? task_of_urls(options) : task_of_config(options);
  if (!task) return give_up(task.error());
  TargetFactory factory;
  std::vector<std::shared_ptr<const Target>> targets;
  for (const auto& route : task->routes) {
    auto target = factory.create(route);
    if (!target) return give_up({target.error().message});
    targets.push_back(std::move(*target));
  }
  const auto identity =
      std::make_shared<const ProbeIdentity>(task->region, user_agent(), task->policy);
  const auto results = probe_all(targets, identity);
  if (!results) return give_up({results.error().message});
  return show(*results, options.json);
}

}  // namespace gatewatch::daemon
