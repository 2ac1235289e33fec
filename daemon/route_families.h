// The series of one route and region, by family: what of its counters stands where in /metrics.
// Labels hold configured names alone, never a byte that came from a server.

#pragma once

#include <map>
#include <span>
#include <string>

#include <prometheus/metric_family.h>

#include "daemon/live_routes.h"

namespace gatewatch::daemon {

struct RouteFamily {
  prometheus::MetricFamily empty;  // without a series
  void (*add)(prometheus::MetricFamily& family, const std::string& route, const LiveRegion& region);
};

[[nodiscard]] std::span<const RouteFamily> route_families();
// How long the phases of all probes took, by region.
[[nodiscard]] prometheus::MetricFamily phase_family(
    const std::map<std::string, PhaseHistograms>& phases);

}  // namespace gatewatch::daemon
