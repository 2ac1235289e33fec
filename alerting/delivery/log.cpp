#include "alerting/delivery/log.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "alerting/delivery/message.h"
#include "alerting/delivery/text.h"

namespace gatewatch::alerting {
namespace {

constexpr std::size_t longest_value = 500;  // UTF-16 units
constexpr std::size_t most_names = 20;

class Line {
 public:
  // What is empty is left out.
  void add(std::string_view key, std::string_view data) {
    auto value = one_line(data, longest_value);
    if (!value.empty()) fields_.emplace_back(key, std::move(value));
  }

  [[nodiscard]] auto take() { return std::move(fields_); }

 private:
  decltype(LogRequest::fields) fields_;
};

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  const auto shown = std::min(names.size(), most_names);
  for (std::size_t at = 0; at < shown; ++at) {
    if (at > 0) text += ',';
    text += names[at];
  }
  return text;
}

std::string routes_of(const Notification& notification) {
  std::vector<std::string> names;
  for (const auto& route : notification.routes) names.push_back(route.id);
  return joined(names);
}

}  // namespace

LogRequest render_log(const Notification& notification, const std::string& key) {
  const auto message = make_message(notification);
  Line line;
  line.add("kind", notification_kind_name(notification.kind));
  line.add("severity", config::severity_name(notification.severity));
  line.add("incident", fmt::to_string(notification.incident));
  line.add("rule", notification.rule);
  line.add("title", message.title);
  line.add("route", routes_of(notification));
  line.add("since", rfc3339_time(notification.since));
  line.add("resolved", notification.resolved ? rfc3339_time(*notification.resolved) : "");
  line.add("reason", notification.reason);
  line.add("share", notification.share());
  line.add("gateway", notification.gateway);
  if (tells_regions(notification)) {
    line.add("regions_failing", joined(notification.regions_failing));
    line.add("regions_clean", joined(notification.regions_clean));
  }
  line.add("diagnosis", notification.diagnosis);
  line.add("fixer", notification.fixer);
  line.add("evidence", message.evidence.empty() ? "" : message.evidence.front());
  line.add("note", fmt::format("{}", fmt::join(notification.notes, " ")));
  line.add("acknowledged_by", notification.acknowledged_by);
  line.add("link", notification.link);
  line.add("key", key);
  return LogRequest{is_resolution(notification) ? config::Severity::Info : notification.severity,
                    line.take()};
}

}  // namespace gatewatch::alerting
