#include "alerting/delivery/alertmanager_payload.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "alerting/delivery/alertmanager_alert.h"
#include "alerting/delivery/message.h"
#include "alerting/delivery/text.h"

namespace gatewatch::alerting {
namespace {

using nlohmann::json;

json to_json(const Alert& alert) {
  return {{"status", alert.ends ? "resolved" : "firing"},
          {"labels", alert.labels},
          {"annotations", alert.annotations},
          {"startsAt", rfc3339_time(alert.starts)},
          {"endsAt", alert.ends ? rfc3339_time(*alert.ends) : "0001-01-01T00:00:00Z"},
          {"generatorURL", alert.generator},
          {"fingerprint", fingerprint(alert.labels)}};
}

// What every alert has with one value.
Labels common(const std::vector<Alert>& alerts, Labels Alert::* of) {
  if (alerts.empty()) return {};
  auto labels = alerts.front().*of;
  std::erase_if(labels, [&](const auto& entry) {
    return !std::ranges::all_of(alerts, [&](const Alert& alert) {
      const auto found = (alert.*of).find(entry.first);
      return found != (alert.*of).end() && found->second == entry.second;
    });
  });
  return labels;
}

// `{}:{alertname="…", incident="…"}`: the route of Alertmanager's tree, which is the root, and the
// labels of the group, quoted as Go does it.
std::string group_key(const Labels& labels) {
  std::string key = "{}:{";
  std::string_view separator;
  for (const auto& [name, value] : labels) {
    key += fmt::format("{}{}={}", separator, name, json(value).dump());
    separator = ", ";
  }
  return key + "}";
}

}  // namespace

json alertmanager_payload(const Notification& notification, const std::string& receiver) {
  const auto alerts = alerts_of(notification);
  auto common_labels = common(alerts, &Alert::labels);
  auto group_labels = common_labels;
  std::erase_if(group_labels, [](const auto& entry) {
    return entry.first == "severity" || entry.first == "route";
  });
  json list = json::array();
  for (const auto& alert : alerts) list.push_back(to_json(alert));
  return {{"version", "4"},
          {"groupKey", group_key(group_labels)},
          {"truncatedAlerts", notification.routes.size() - alerts.size()},
          {"status", is_resolution(notification) ? "resolved" : "firing"},
          {"receiver", receiver},
          {"groupLabels", std::move(group_labels)},
          {"commonLabels", std::move(common_labels)},
          {"commonAnnotations", common(alerts, &Alert::annotations)},
          {"externalURL", is_web_link(notification.link) ? notification.link : ""},
          {"alerts", std::move(list)}};
}

}  // namespace gatewatch::alerting
