#include "daemon/commands/status_report.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "daemon/commands/incident_lines.h"
#include "daemon/counted.h"

namespace gatewatch::daemon {
namespace {

using nlohmann::json;

constexpr std::size_t most_routes = 10;     // one screen
constexpr std::size_t most_incidents = 10;  //
constexpr std::array<std::string_view, 3> words = {"OK", "WARNING", "CRITICAL"};

// What of a result is shown: "502" or "timeout".
std::string failure_of(const json& result) {
  const auto status = result.value("status", 0);
  const auto outcome = result.value("outcome", "");
  return status > 0 && outcome == "status_mismatch" ? std::to_string(status) : outcome;
}

// The routes whose newest result of a region is a failure, with what that is.
json failing_routes(const json& routes) {
  json failing = json::array();
  for (const auto& route : routes) {
    for (const auto& result : route.at("last_results")) {
      const auto outcome = result.value("outcome", "");
      if (outcome == "ok" || outcome == "vantage") continue;
      failing.push_back({{"route", route.value("id", "")},
                         {"region", result.value("region", "")},
                         {"failure", failure_of(result)}});
      break;
    }
  }
  return failing;
}

std::string routes_line(const json& routes) {
  const auto failing = failing_routes(routes);
  auto line = fmt::format("routes     {}, {} failing", routes.size(), failing.size());
  for (std::size_t index = 0; index < std::min(failing.size(), most_routes); ++index) {
    line += fmt::format("{} {} ({})", index == 0 ? ":" : ",", failing[index].value("route", ""),
                        failing[index].value("failure", ""));
  }
  if (failing.size() > most_routes) {
    line += fmt::format(" and {} more", failing.size() - most_routes);
  }
  return line + "\n";
}

std::string regions_lines(const json& regions) {
  std::string lines;
  for (const auto& region : regions) {
    const auto detail = region.value("detail", "");
    lines += fmt::format("region     {}{}\n", region.value("name", ""),
                         detail.empty() ? "" : ": " + detail);
  }
  return lines;
}

std::string checks_lines(const json& checks) {
  std::string lines;
  for (const auto& check : checks) {
    if (check.value("ok", true)) continue;
    lines += fmt::format("trouble    {}: {}\n", check.value("name", ""), check.value("detail", ""));
  }
  return lines.empty() ? "gatewatch  storage, channels and probing are fine\n" : lines;
}

std::string incidents_lines(const json& incidents, Timestamp now) {
  auto lines = fmt::format("incidents  {} open\n", incidents.size());
  for (std::size_t index = 0; index < std::min(incidents.size(), most_incidents); ++index) {
    lines += fmt::format("  {}\n", incident_summary(incidents[index], now));
  }
  if (incidents.size() > most_incidents) {
    lines += fmt::format("  and {} more: gatewatch incidents --open\n",
                         incidents.size() - most_incidents);
  }
  return lines;
}

}  // namespace

int status_exit_code(const StatusAnswers& answers) {
  const auto is_open = [&answers](std::string_view severity) {
    return std::ranges::any_of(answers.incidents, [severity](const json& incident) {
      return incident.value("severity", "") == severity;
    });
  };
  if (is_open("critical")) return 2;
  const bool is_in_trouble = std::ranges::any_of(
      answers.checks, [](const json& check) { return !check.value("ok", true); });
  return is_open("warning") || is_in_trouble ? 1 : 0;
}

std::string status_text(const StatusAnswers& answers, Timestamp now) {
  const auto word = words.at(static_cast<std::size_t>(status_exit_code(answers)));
  return fmt::format("{}: {} on {}, {} open\n", word, "gatewatch", answers.address,
                     counted(answers.incidents.size(), "incident")) +
         incidents_lines(answers.incidents, now) + routes_line(answers.routes) +
         regions_lines(answers.regions) + checks_lines(answers.checks);
}

json status_json(const StatusAnswers& answers) {
  return {{"state", words.at(static_cast<std::size_t>(status_exit_code(answers)))},
          {"address", answers.address},
          {"incidents", answers.incidents},
          {"routes", answers.routes.size()},
          {"failing", failing_routes(answers.routes)},
          {"regions", answers.regions},
          {"checks", answers.checks}};
}

}  // namespace gatewatch::daemon
