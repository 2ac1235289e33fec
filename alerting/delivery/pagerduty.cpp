#include "alerting/delivery/pagerduty.h"

#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "alerting/delivery/json_request.h"
#include "alerting/delivery/message.h"
#include "alerting/delivery/text.h"

namespace gatewatch::alerting {
namespace {

using nlohmann::json;

constexpr std::size_t longest_summary = 1024;  // PagerDuty's limit, in UTF-16 units
constexpr std::size_t longest_field = 250;     //

std::string_view action_of(NotificationKind kind) {
  if (kind == NotificationKind::Resolved) return "resolve";
  return kind == NotificationKind::Acknowledged ? "acknowledge" : "trigger";
}

json payload_of(const Notification& notification, const Message& message) {
  json details;
  for (const auto& fact : message.facts) details[fact.label] = fact.text;
  details["Evidence"] = message.evidence;
  const auto gateway = one_line(notification.gateway, longest_field);
  return {{"summary", one_line(message.title + " · " + message.summary, longest_summary)},
          {"severity", config::severity_name(notification.severity)},
          {"source", gateway.empty() ? "gatewatch" : gateway},
          {"timestamp", rfc3339_time(notification.since)},
          {"group", one_line(notification.rule, longest_field)},
          {"class", one_line(notification.what, longest_field)},
          {"custom_details", std::move(details)}};
}

}  // namespace

HttpRequest render_pagerduty(const config::PagerDutyChannel& pagerduty,
                             const Notification& notification, const std::string& key) {
  json body = {{"routing_key", pagerduty.routing_key.reveal()},
               {"dedup_key", incident_handle(notification)},
               {"event_action", action_of(notification.kind)}};
  if (action_of(notification.kind) == "trigger") {
    const auto message = make_message(notification);
    body["payload"] = payload_of(notification, message);
    body["client"] = "gatewatch";
    if (is_web_link(notification.link)) body["client_url"] = notification.link;
    body["links"] = json::array();
    for (const auto& link : message.links) {
      body["links"].push_back({{"href", link.url}, {"text", link.label}});
    }
  }
  auto request = json_request(pagerduty, body, key, "/v2/enqueue");
  request.secrets.push_back(pagerduty.routing_key);
  return request;
}

}  // namespace gatewatch::alerting
