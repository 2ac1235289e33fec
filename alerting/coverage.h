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
#include "config/dependence.h"

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

// A result of its route is counted in its incident.
void count(Watched& watched, bool match);
// Its incident hears of the regions that breach it.
void note_regions(Watched& watched);

class Coverage {
 public:
  explicit Coverage(std::shared_ptr<const config::Config> config);
  Coverage(const Coverage&) = delete;
  Coverage& operator=(const Coverage&) = delete;

  [[nodiscard]] const config::Config& config() const { return *config_; }
  [[nodiscard]] const config::Dependence& dependence() const { return dependence_; }
  // In the order of the rules. The objects stay where they are as long as this lives.
  [[nodiscard]] std::span<Watched> of(const std::string& route);
  [[nodiscard]] Watched* find(const std::string& rule, const std::string& route);
  [[nodiscard]] const config::Route* route(const std::string& id) const;
  [[nodiscard]] std::vector<Watched*> all();

  // Why a rule watches a route behind a gateway no more, as a clause: "the route was removed from
  // the configuration".
  [[nodiscard]] std::string why_unwatched(const std::string& rule, const std::string& route,
                                          const std::string& gateway) const;

  // Moves here what each pair of rule and route that goes on has seen. What fires goes on firing,
  // until new results say otherwise, as long as the route keeps its gateway and the rule matches
  // all that it did. Windows move where their results still speak: the same URL, method and
  // expectations, the same match and window; elsewhere they begin anew. What is not moved keeps
  // its incident.
  void take_over(Coverage& before);

 private:
  struct Row {
    const config::Route* route;
    std::vector<Watched> watched;
  };

  std::shared_ptr<const config::Config> config_;
  config::Dependence dependence_;
  std::vector<Threshold> thresholds_;  // in the order of the rules
  std::unordered_map<std::string, Row> rows_;
};

}  // namespace gatewatch::alerting
