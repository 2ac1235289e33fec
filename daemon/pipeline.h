// One result's way through the program, in order: what it says of ourselves, metrics,
// confirmations, recorder, rules. So no incident's step is queued for the store before the result
// that it follows from. Local results and those of agents come in at the same door.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "alerting/incident_desk.h"
#include "config/dependence.h"
#include "daemon/live_routes.h"
#include "daemon/region_watch.h"
#include "probes/net/network.h"
#include "storage/recorder.h"

namespace gatewatch::daemon {

// Belongs to the main loop. Its neighbours must outlive it.
class Pipeline {
 public:
  // More probes than are scheduled.
  struct Probes {
    std::function<void(const std::string& route)> confirm;  // a series
    std::function<void(const std::string& route)> once;
  };
  // Sees every result and step once they are on their way (the terminal of `gatewatch demo`).
  struct Observer {
    std::function<void(const Result&)> result = [](const Result&) {};
    std::function<void(const storage::IncidentStep&)> step = [](const storage::IncidentStep&) {};
  };

  // `region`: that this process probes from. `desk` knows what it knew before a restart.
  Pipeline(const net::Clock& clock, const std::string& region, alerting::IncidentDesk& desk,
           storage::Recorder& recorder, Probes probes, Observer observer);

  // Which routes are configured, none at first. Nothing is remembered of the others: a result of
  // theirs that was on its way is stored and else changes nothing.
  void set_routes(const std::vector<config::Route>& routes);
  // It may be held back until it is known whose fault it tells of: for 2 s at most.
  void handle(Result result);
  // Several times a second: what time alone brings.
  void tick();
  // At the end of the process, before the recorder's: what was held back goes on.
  void finish() { region_.finish(); }
  // Steps that a reload brought.
  void submit(std::vector<storage::IncidentStep> steps);

  [[nodiscard]] const LiveRoutes& live() const { return live_; }
  [[nodiscard]] RegionState region() const { return region_.state(); }
  // How many routes have had no result for too long.
  [[nodiscard]] std::size_t overdue() const { return live_.overdue(clock_.now()); }

 private:
  void pass(Result&& result, bool was_asked);
  void ask_parents(const std::string& route);
  void ask_dependents(const storage::IncidentStep& step);
  void tell_blindness();
  [[nodiscard]] RouteView look(const std::string& route) const;

  const net::Clock& clock_;
  alerting::IncidentDesk& desk_;
  storage::Recorder& recorder_;
  Probes probes_;
  Observer observer_;
  LiveRoutes live_;
  config::Dependence dependence_;
  std::unordered_map<std::string, Instant> asked_;  // routes that others depend on: when
  RegionWatch region_;
  bool has_begun_ = false;
  std::optional<alerting::Blindness> told_;
};

}  // namespace gatewatch::daemon
