// The incidents that are open or settling, and those resolved so recently that they may reopen;
// and to which of them a rule that fires belongs.

#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "alerting/incident.h"

namespace gatewatch::alerting {

class IncidentList {
 public:
  // The incident that a rule firing for a route joins, in this order of choice:
  // 1. a live one in which the route fires already: another rule sees the same outage;
  // 2. a live one in which the same rule fires for other routes behind the gateway;
  // 3. one with the same rule, resolved less than its `reopen` ago: it settles again;
  // 4. a new one, settling.
  [[nodiscard]] Incident& home_of(const config::Rule& rule, Cause cause, const std::string& route,
                                  const std::string& gateway, Timestamp now);
  Incident& add(Incident incident);

  void for_each(const std::function<void(Incident&)>& visit) const;
  // Those that were resolved too long ago to reopen, and those that stopped before they opened,
  // go; each is shown to `forget` before. One that fell quiet before it reopened is resolved.
  void sweep(Timestamp now, const std::function<void(Incident&)>& forget);

 private:
  [[nodiscard]] Incident* live_home(const std::vector<std::unique_ptr<Incident>>& here,
                                    const config::Rule& rule, Cause cause,
                                    const std::string& route) const;

  std::map<std::string, std::vector<std::unique_ptr<Incident>>> by_gateway_;
};

}  // namespace gatewatch::alerting
