// Which rules watch which route, worked out once per configuration: what a result has to touch is
// then one lookup away.

#pragma once

#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "alerting/failure_log.h"
#include "alerting/incident.h"
#include "alerting/rule.h"
#include "alerting/watch.h"
#include "config/config.h"

namespace gatewatch::alerting {

// One rule over one route, and its part in an incident.
struct Watched {
  const config::Route* route;
  const Threshold* threshold;
  std::string gateway;  // of the route
  Cause cause;          // of the rule
  Watch watch;
  FailureLog failures;
  Incident* incident = nullptr;  // in which it fires, or did and is still remembered
  bool counts = false;           // results of the route are counted there by this rule
  bool active = false;           // time may change it

  [[nodiscard]] const config::Rule& rule() const { return threshold->rule(); }
};

class Coverage {
 public:
  explicit Coverage(std::shared_ptr<const config::Config> config);
  Coverage(const Coverage&) = delete;
  Coverage& operator=(const Coverage&) = delete;

  [[nodiscard]] const config::Config& config() const { return *config_; }
  // In the order of the rules. The objects stay where they are as long as this lives.
  [[nodiscard]] std::span<Watched> of(const std::string& route);
  [[nodiscard]] Watched* find(const std::string& rule, const std::string& route);
  [[nodiscard]] const config::Route* route(const std::string& id) const;
  [[nodiscard]] std::vector<Watched*> all();

  // Moves windows, logs and parts in incidents here for each pair of rule and route that sees the
  // same results as before: same match and window, same request and expectation. Thresholds,
  // severity, schedule or descriptions may have changed. What is not moved keeps its incident.
  void take_over(Coverage& before);

 private:
  struct Row {
    const config::Route* route;
    std::vector<Watched> watched;
  };

  std::shared_ptr<const config::Config> config_;
  std::vector<Threshold> thresholds_;  // in the order of the rules
  std::unordered_map<std::string, Row> rows_;
};

}  // namespace gatewatch::alerting
