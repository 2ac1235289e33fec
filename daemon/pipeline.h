// One result's way through the program, in order: metrics, confirmations, recorder, rules. So no
// incident's step is queued for the store before the result that it follows from. Local results and
// those of agents come in at the same door.

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "alerting/incident_desk.h"
#include "daemon/live_routes.h"
#include "probes/net/network.h"
#include "storage/recorder.h"

namespace gatewatch::daemon {

// Belongs to the main loop. Its neighbours must outlive it.
class Pipeline {
 public:
  using Confirm = std::function<void(const std::string& route)>;
  // Sees every result and step once they are on their way (the terminal of `gatewatch demo`).
  struct Observer {
    std::function<void(const Result&)> result = [](const Result&) {};
    std::function<void(const storage::IncidentStep&)> step = [](const storage::IncidentStep&) {};
  };

  Pipeline(const net::Clock& clock, alerting::IncidentDesk& desk, storage::Recorder& recorder,
           Confirm confirm, Observer observer);

  // Which routes are configured, none at first. Nothing is remembered of the others: a result of
  // theirs that was on its way is stored and else changes nothing.
  void set_routes(const std::vector<config::Route>& routes) { live_.set(routes); }
  void handle(Result result);
  // Several times a second: what time alone brings.
  void tick();
  // Steps that a reload brought.
  void submit(std::vector<storage::IncidentStep> steps);

  [[nodiscard]] const LiveRoutes& live() const { return live_; }

 private:
  const net::Clock& clock_;
  alerting::IncidentDesk& desk_;
  storage::Recorder& recorder_;
  Confirm confirm_;
  Observer observer_;
  LiveRoutes live_;
};

}  // namespace gatewatch::daemon
