// The newest result of every route and region, for the API and the pages.

#pragma once

#include <map>
#include <string>

#include "probes/result.h"

namespace gatewatch::daemon {

// Belongs to one thread. Bounded by routes × regions.
class LiveRoutes {
 public:
  using ByRegion = std::map<std::string, Result>;

  void observe(const Result& result) { routes_[result.route][result.region] = result; }
  void forget(const std::string& route) { routes_.erase(route); }
  // nullptr where no result has come yet.
  [[nodiscard]] const ByRegion* find(const std::string& route) const {
    const auto found = routes_.find(route);
    return found == routes_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, ByRegion> routes_;
};

}  // namespace gatewatch::daemon
