// One reading of /metrics, made piece by piece as the client takes it: neither the whole text nor
// a copy of the counters is ever held, and no piece holds the loop for long. All series of one
// family stand together; those of one route and family are of one moment.

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <prometheus/metric_family.h>

#include "daemon/live_routes.h"

namespace gatewatch::daemon {

// Belongs to the thread of the routes. A reload while it is under way changes nothing of it: it
// goes on with the routes that were configured when it began.
class Scrape {
 public:
  // `whole`: families that are small and follow upon those of the routes.
  Scrape(std::shared_ptr<const LiveRoutes::List> routes,
         std::vector<prometheus::MetricFamily> whole);

  // The next piece of the text, of at most about 50 KiB; empty at the end.
  [[nodiscard]] std::string next();

 private:
  [[nodiscard]] std::string next_slice();

  std::shared_ptr<const LiveRoutes::List> routes_;
  std::vector<prometheus::MetricFamily> whole_;
  std::size_t family_ = 0;  // of route_families(); one beyond: `whole_` is next
  std::size_t route_ = 0;   // of that family, the next one
};

}  // namespace gatewatch::daemon
