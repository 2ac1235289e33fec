// What holds the notifications of an incident back, never its recording: silences, maintenance
// windows, and the failure of a route that others depend on. No I/O and no clock.
//
// An incident is held only while each part of it is covered: every rule that fires for every route.
// A route that joins it and is not covered releases it.

#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "alerting/coverage.h"
#include "alerting/incident.h"
#include "config/config.h"
#include "storage/records.h"

namespace gatewatch::alerting {

// One rule that fires for one route; for a blind region the route is empty.
struct FiringPart {
  std::string_view route;
  const config::Tags& tags;
  std::string_view rule;
  const std::set<std::string>& regions;  // from which it fails
};

// How long a route that fails first waits for word of those it depends on: their probes and
// confirmations take about as long.
inline constexpr std::chrono::seconds fold_time{10};

// Belongs to one thread.
class Holds {
 public:
  explicit Holds(std::shared_ptr<const config::Config> config);
  void reconfigure(std::shared_ptr<const config::Config> config);
  // Those that were made while running, ended ones too. They replace what was set before.
  void set_silences(const std::vector<storage::SilenceRecord>& silences);
  // A route works again, as far as rules over outages see. The latest time counts.
  void note_recovery(const std::string& route, Timestamp now);

  // Of an incident in which something fires.
  [[nodiscard]] Hold on(const Incident& incident, Coverage& coverage, Timestamp now);
  // Whether a window is in force for the route.
  [[nodiscard]] bool in_maintenance(const config::Route& route, Timestamp at);

 private:
  struct Silence {
    std::string clause;
    config::Scope scope;
    std::optional<Timestamp> starts;
    std::optional<Timestamp> ends;
  };
  // What was last found of one window: it holds from when it was asked to the window's end.
  struct Window {
    const config::Maintenance* maintenance;
    Timestamp asked;
    std::optional<config::TimeSpan> span;
    bool known = false;
  };

  [[nodiscard]] std::string covering(const FiringPart& part, Timestamp now);
  [[nodiscard]] Hold covering_parent(Watched& watched, Timestamp began, Coverage& coverage,
                                     Timestamp now) const;
  [[nodiscard]] static bool is_in_force(Window& window, Timestamp at);

  std::shared_ptr<const config::Config> config_;
  std::vector<Silence> configured_;
  std::vector<Silence> made_;
  std::vector<Window> windows_;
  std::map<std::string, Timestamp> recovered_;  // of routes that others depend on
};

// "silence 3 (deploy)".
[[nodiscard]] std::string silence_clause(std::string_view name, std::string_view comment);

}  // namespace gatewatch::alerting
