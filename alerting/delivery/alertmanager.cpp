#include "alerting/delivery/alertmanager.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "alerting/delivery/alertmanager_alert.h"
#include "alerting/delivery/json_request.h"
#include "alerting/delivery/text.h"

namespace gatewatch::alerting {

HttpRequest render_alertmanager(const config::AlertmanagerChannel& alertmanager,
                                const Notification& notification, const std::string& key) {
  auto body = nlohmann::json::array();
  for (const auto& alert : alerts_of(notification)) {
    nlohmann::json posted = {{"labels", alert.labels},
                             {"annotations", alert.annotations},
                             {"startsAt", rfc3339_time(alert.starts)}};
    if (alert.ends) posted["endsAt"] = rfc3339_time(*alert.ends);
    if (!alert.generator.empty()) posted["generatorURL"] = alert.generator;
    body.push_back(std::move(posted));
  }
  auto request = json_request(alertmanager, body, key, "/api/v2/alerts");
  request.headers.insert(request.headers.end(), alertmanager.headers.begin(),
                         alertmanager.headers.end());
  return request;
}

}  // namespace gatewatch::alerting
