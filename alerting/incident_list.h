// The incidents that are open or settling, and those resolved so recently that they may reopen;
// and to which of them a rule that fires belongs.

#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "alerting/incident.h"

namespace gatewatch::alerting {

// Where a route fails.
struct FailingPlace {
  std::string route;
  std::string gateway;           // of its URL
  std::set<Endpoint> endpoints;  // that were connected to
};

// Gateways of different names that are one address are taken for one where the same rule fires
// behind both within so long.
inline constexpr std::chrono::minutes same_address_within{1};

class IncidentList {
 public:
  // The incident that a rule firing at a place joins, in this order of choice:
  // 1. a live one in which the route fires already: another rule sees the same outage;
  // 2. a live one in which the same rule fires for other routes behind the gateway;
  // 3. a live one in which the same rule came to fire lately at one of the endpoints, by whatever
  //    name: one gateway of many names. Its gateway is the first such endpoint from then on;
  // 4. one with the same rule, resolved less than its `reopen` ago: it settles again;
  // 5. a new one, settling.
  [[nodiscard]] Incident& home_of(const config::Rule& rule, Cause cause, const FailingPlace& place,
                                  Timestamp now);
  Incident& add(Incident incident);
  // Its part of an incident here was taken at that place.
  void joined(Incident& incident, const FailingPlace& place, Timestamp at);

  void for_each(const std::function<void(Incident&)>& visit) const;
  // Those that were resolved too long ago to reopen, and those that stopped before they opened,
  // go; each is shown to `forget` before. One that fell quiet before it reopened is resolved.
  void sweep(Timestamp now, const std::function<void(Incident&)>& forget);

 private:
  [[nodiscard]] std::vector<Incident*> at_gateway(const std::string& gateway) const;
  [[nodiscard]] Incident* at_endpoint(const config::Rule& rule, Cause cause,
                                      const std::set<Endpoint>& endpoints, Timestamp now) const;
  void drop(Incident* incident);

  std::map<std::string, std::vector<std::unique_ptr<Incident>>> by_gateway_;  // that it began with
  std::map<std::string, std::set<Incident*>> guests_;  // by a further gateway of its routes
  std::map<Endpoint, std::map<Incident*, Timestamp>> by_endpoint_;  // with the newest joining
};

}  // namespace gatewatch::alerting
