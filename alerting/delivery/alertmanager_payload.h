// The payload of Alertmanager's webhook, version 4, for receivers that know it already:
//
//   {"version": "4", "groupKey": "…", "truncatedAlerts": 0, "status": "firing|resolved",
//    "receiver": the channel's name, "groupLabels": {"alertname", "gateway", "incident"},
//    "commonLabels": {…}, "commonAnnotations": {…}, "externalURL": link to the incident,
//    "alerts": [{"status", "labels", "annotations", "startsAt", "endsAt", "generatorURL",
//                "fingerprint"}]}
//
// An alert that fires has the endsAt "0001-01-01T00:00:00Z", as Alertmanager's.

#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "alerting/notification.h"

namespace gatewatch::alerting {

[[nodiscard]] nlohmann::json alertmanager_payload(const Notification& notification,
                                                  const std::string& receiver);

}  // namespace gatewatch::alerting
