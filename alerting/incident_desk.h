// From results to incident steps: windows, rules, quorum and incidents in one place. No I/O and no
// clock: time comes with each call. What it returns must be stored before anything is told.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alerting/incident.h"
#include "config/config.h"
#include "config/difference.h"
#include "probes/result.h"
#include "storage/records.h"

namespace gatewatch::alerting {

struct DeskSettings {
  std::string link_prefix;         // of incident pages: "http://127.0.0.1:9502"
  std::int64_t last_incident = 0;  // the newest id in the store
};

// Belongs to one thread. O(1) per result and rule that covers its route.
class IncidentDesk {
 public:
  using Recall = std::function<std::optional<Result>(const storage::ResultOutline&)>;

  IncidentDesk(std::shared_ptr<const config::Config> config, DeskSettings settings);
  ~IncidentDesk();

  // Before anything else after a start, in any order: the incidents that are open, and those
  // resolved lately (they may reopen; older ones do no harm), with their events and deliveries:
  // whom they told of what is never told again. Then, route by route, the results of its window,
  // oldest first. Neither tells anybody anything. `recall` finds the whole result of the few that
  // are evidence; nothing where it cannot.
  void restore(const std::vector<storage::IncidentHistory>& incidents);
  void replay(const std::string& route, const std::vector<storage::ResultOutline>& results,
              const Recall& recall);

  // One new result, in the order of arrival; the steps that follow from it. Vantage results and
  // manual probes change nothing.
  [[nodiscard]] std::vector<storage::IncidentStep> observe(const Result& result, Timestamp now);
  // A region sees nothing from now on, or something else than before, or (nothing) sees again: its
  // own incident, told once and apart from the routes'.
  [[nodiscard]] std::vector<storage::IncidentStep> set_blindness(
      const std::string& region, const std::optional<Blindness>& blindness, Timestamp now);
  // Whether its incident is open, or settles.
  [[nodiscard]] bool is_blind(const std::string& region) const;
  // At least once a second: what time alone brings (windows that empty, reminders, grouping that
  // closes).
  [[nodiscard]] std::vector<storage::IncidentStep> tick(Timestamp now);
  // See acknowledge() in step.h. Nothing where it is not open.
  [[nodiscard]] std::vector<storage::IncidentStep> acknowledge(
      std::int64_t incident, const Acknowledgement& acknowledgement, Timestamp now);
  // A reload: windows of unchanged rules and routes stay; incidents of removed ones resolve. What
  // is told from now on links to `link_prefix`.
  [[nodiscard]] std::vector<storage::IncidentStep> reconfigure(
      std::shared_ptr<const config::Config> config, std::string link_prefix, Timestamp now);

  // Those in force, now or later, that were made while running (the configuration's are known);
  // they replace what was set before. After a start before anything is observed. What it changes
  // comes with the next tick.
  void set_silences(const std::vector<storage::SilenceRecord>& silences);
  // Whether the route of a result was under maintenance when it began.
  [[nodiscard]] bool in_maintenance(const Result& result);

  // The store began anew after damage. Each open incident as it is, as a step that changes nothing
  // where the store still knows it; then the step that tells people of the loss.
  [[nodiscard]] std::vector<storage::IncidentStep> begin_anew(const storage::LostHistory& lost,
                                                              Timestamp now);

  [[nodiscard]] std::size_t open_incidents() const;
  [[nodiscard]] std::size_t open_incidents(config::Severity severity) const;
  [[nodiscard]] std::size_t held_incidents() const;  // of the open ones
  // Whether any rule fires for the route.
  [[nodiscard]] bool fires_for(const std::string& route) const;
  // How far back replay() must reach for a route: the longest window of the rules that cover it;
  // 0 where none does.
  [[nodiscard]] config::Duration replay_window(const std::string& route) const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace gatewatch::alerting
