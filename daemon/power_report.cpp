#include "daemon/power_report.h"

#include <map>
#include <optional>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "alerting/power.h"
#include "daemon/counted.h"

namespace gatewatch::daemon {
namespace {

// What of a route power depends on.
using Rhythm = std::tuple<config::Duration, config::Duration, config::Duration, int>;

struct Group {
  alerting::Power power;
  std::vector<const config::Route*> routes;
};

// In the order of the intervals.
std::map<Rhythm, Group> groups_of(const config::Rule& rule, const config::Config& config) {
  std::map<Rhythm, Group> groups;
  for (const auto& route : config.routes) {
    if (!rule.covers(route)) continue;
    auto& group = groups[{route.interval, route.timeout, route.confirm.every, route.confirm.times}];
    if (group.routes.empty()) group.power = alerting::power_of(rule, route);
    group.routes.push_back(&route);
  }
  return groups;
}

std::string rate_text(std::optional<double> rate) {
  return rate ? fmt::format("{:.3g} %", *rate * 100) : std::string("no rate for certain");
}

nlohmann::ordered_json seconds(config::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

nlohmann::ordered_json rate(std::optional<double> rate) {
  return rate ? nlohmann::ordered_json(*rate) : nlohmann::ordered_json(nullptr);
}

}  // namespace

std::vector<std::string> power_lines(const config::Config& config) {
  std::vector<std::string> lines;
  for (const auto& rule : config.rules) {
    for (const auto& [rhythm, group] : groups_of(rule, config)) {
      const auto& first = *group.routes.front();
      const auto& power = group.power;
      const auto who =
          group.routes.size() == 1 ? first.id() : counted(group.routes.size(), "route");
      lines.push_back(fmt::format(
          "rule {}, {} every {}: fires within {} of a total outage ({} where each probe times "
          "out); "
          "sees {} within an hour, {} within a day",
          rule.name, who, config::format_duration(first.interval),
          config::format_duration(power.outage), config::format_duration(power.silent_outage),
          rate_text(power.within_hour), rate_text(power.within_day)));
    }
  }
  return lines;
}

nlohmann::ordered_json power_json(const config::Config& config) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& rule : config.rules) {
    for (const auto& [rhythm, group] : groups_of(rule, config)) {
      for (const auto* const route : group.routes) {
        list.push_back({{"rule", rule.name},
                        {"route", route->id()},
                        {"outage_seconds", seconds(group.power.outage)},
                        {"silent_outage_seconds", seconds(group.power.silent_outage)},
                        {"rate_within_hour", rate(group.power.within_hour)},
                        {"rate_within_day", rate(group.power.within_day)}});
      }
    }
  }
  return list;
}

}  // namespace gatewatch::daemon
