#include "alerting/delivery/webhook.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "alerting/delivery/alertmanager_payload.h"
#include "alerting/delivery/json_request.h"
#include "alerting/delivery/message.h"
#include "alerting/delivery/text.h"
#include "probes/net/hmac.h"

namespace gatewatch::alerting {
namespace {

using nlohmann::json;

constexpr std::size_t longest_text = 4000;  // UTF-16 units
constexpr std::size_t most_routes = 500;
constexpr std::size_t most_lines = 500;  // of each other list

std::string text(std::string_view data) {
  return one_line(data, longest_text);
}

json texts(const std::vector<std::string>& data) {
  json list = json::array();
  const auto shown = std::min(data.size(), most_lines);
  for (std::size_t at = 0; at < shown; ++at) list.push_back(text(data[at]));
  return list;
}

json routes_of(const Notification& notification) {
  json routes = json::array();
  for (const auto& route : notification.routes) {
    if (routes.size() == most_routes) break;
    routes.push_back({{"id", text(route.id)},
                      {"url", text(route.url)},
                      {"runbook", text(route.runbook)},
                      {"firing", route.firing}});
  }
  return routes;
}

json body_of(const Notification& notification, const std::string& key) {
  json body = {{"version", "1"},
               {"key", text(key)},
               {"kind", notification_kind_name(notification.kind)},
               {"state", is_resolution(notification) ? "resolved" : "firing"},
               {"incident", notification.incident},
               {"incident_key", text(notification.incident_key)},
               {"sequence", notification.sequence},
               {"rule", text(notification.rule)},
               {"severity", config::severity_name(notification.severity)},
               {"headline", text(notification.headline())},
               {"what", text(notification.what)},
               {"gateway", text(notification.gateway)},
               {"share", notification.share()},
               {"probes", notification.probes},
               {"failures", notification.failures},
               {"since", rfc3339_time(notification.since)},
               {"at", rfc3339_time(notification.at)},
               {"resolved", nullptr},
               {"reason", text(notification.reason)},
               {"routes", routes_of(notification)},
               {"routes_total", notification.routes.size()},
               {"regions_failing", texts(notification.regions_failing)},
               {"regions_clean", texts(notification.regions_clean)},
               {"evidence", texts(notification.evidence)},
               {"diagnosis", text(notification.diagnosis)},
               {"fixer", text(notification.fixer)},
               {"link", text(notification.link)}};
  if (!notification.notes.empty()) body["notes"] = texts(notification.notes);
  if (!notification.acknowledged_by.empty()) {
    body["acknowledged_by"] = text(notification.acknowledged_by);
  }
  if (notification.resolved) body["resolved"] = rfc3339_time(*notification.resolved);
  return body;
}

}  // namespace

HttpRequest render_webhook(const std::string& name, const config::WebhookChannel& webhook,
                           const Notification& notification, const std::string& key) {
  const bool own = webhook.format == config::WebhookFormat::Gatewatch;
  auto request = json_request(
      webhook, own ? body_of(notification, key) : alertmanager_payload(notification, name), key);
  // The configuration names none of ours among its headers.
  request.headers.insert(request.headers.end(), webhook.headers.begin(), webhook.headers.end());
  if (!webhook.hmac_key.empty()) {
    auto signature = net::hmac_sha256_hex(webhook.hmac_key.reveal(), request.body);
    request.headers.push_back({webhook.hmac_header, config::Secret(std::move(signature))});
  }
  return request;
}

}  // namespace gatewatch::alerting
