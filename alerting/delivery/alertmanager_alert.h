// A notification in the words of Prometheus' Alertmanager: one alert a route of the incident. Its
// labels, which are its identity there, stay the same from the opening to the end, but for a
// severity that rises:
//
//   alertname  the rule        route     "group/name"     severity  critical, warning or info
//   gateway    scheme, host, port        incident  the incident's key, unique for ever
//
// Annotations: summary, description, url, and runbook_url where there is one.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alerting/notification.h"

namespace gatewatch::alerting {

using Labels = std::map<std::string, std::string>;

struct Alert {
  Labels labels;
  Labels annotations;
  Timestamp starts;
  std::optional<Timestamp> ends;  // nothing: it fires
  std::string generator;          // link to the incident; empty: none

  friend bool operator==(const Alert&, const Alert&) = default;
};

inline constexpr std::size_t most_alerts = 500;  // of one message

// Of the first `most_alerts` routes.
[[nodiscard]] std::vector<Alert> alerts_of(const Notification& notification);

// As Prometheus has it: the 64-bit FNV-1a hash of the sorted labels, in hexadecimal.
[[nodiscard]] std::string fingerprint(const Labels& labels);

}  // namespace gatewatch::alerting
