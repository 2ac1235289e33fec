// `gatewatch check`: every mistake of a configuration in one run, or what it comes to.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "config/firing.h"
#include "config/load.h"
#include "daemon/commands/command.h"
#include "daemon/config_notes.h"
#include "daemon/counted.h"
#include "daemon/reloader.h"
#include "probes/net/uv_network.h"

namespace gatewatch::daemon {
namespace {

void print_routes(const config::Config& config) {
  for (const auto& route : config.routes) {
    fmt::print("route {}: {} {} every {}, timeout {}\n", route.id(), route.method,
               route.url.text_without_query(), config::format_duration(route.interval),
               config::format_duration(route.timeout));
  }
}

void print_rules(const config::Config& config) {
  for (const auto& rule : config.rules) {
    const config::FiringNeeds needs(rule);
    std::size_t covered = 0;
    auto longest = rule.window;
    for (const auto& route : config.routes) {
      if (!rule.covers(route)) continue;
      ++covered;
      longest = std::max(longest, needs.window_for(route));
    }
    auto window = config::format_duration(rule.window);
    if (longest > rule.window) window += " to " + config::format_duration(longest);
    fmt::print("rule {}: {} at {:g} % over {}, {}, tells {}; covers {}\n", rule.name,
               fmt::join(rule.match_texts, ", "), rule.rate * 100, window,
               config::severity_name(rule.severity),
               rule.notify.empty() ? "the log alone" : fmt::to_string(fmt::join(rule.notify, ", ")),
               covered);
  }
}

// When each will be, as its own clocks show it.
void print_windows(const config::Config& config) {
  const auto now = std::chrono::floor<std::chrono::seconds>(net::SystemClock().wall_now());
  for (const auto& maintenance : config.maintenances) {
    const auto covered = static_cast<std::size_t>(
        std::ranges::count_if(config.routes, [&maintenance](const config::Route& route) {
          return maintenance.scope.covers_route(route.id(), route.tags);
        }));
    const auto window = maintenance.window(now);
    const auto when =
        window ? fmt::format("{} {} to {}", window->starts <= now ? "now, since" : "next",
                             maintenance.zone.text(window->starts),
                             maintenance.zone.text(window->ends))
               : "over";
    fmt::print("maintenance {}: {}; covers {}\n", maintenance.name, when,
               counted(covered, "route"));
  }
}

}  // namespace

int check_command(const CheckOptions& options) {
  const auto loaded = load_everything(
      [&options] { return config::load(options.config_file, config::process_environment()); });
  if (!loaded) {
    for (const auto& line : loaded.error()) fmt::print(stderr, "{}\n", line);
    fmt::print(stderr, "{}: {}\n", options.config_file, counted(loaded.error().size(), "mistake"));
    return exit_usage;
  }
  const auto& config = *loaded->config;
  if (options.print) {
    print_routes(config);
    print_rules(config);
    for (const auto& channel : config.channels) {
      fmt::print("channel {}: {}\n", channel.name, channel.type_name());
    }
  }
  print_windows(config);
  for (const auto& note : config_notes(config)) fmt::print(stderr, "warning: {}\n", note);
  fmt::print("{}: fine, {}, {}, {}\n", options.config_file, counted(config.routes.size(), "route"),
             counted(config.rules.size(), "rule"), counted(config.channels.size(), "channel"));
  return exit_fine;
}

}  // namespace gatewatch::daemon
