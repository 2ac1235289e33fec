// Whether gatewatch itself is well: pure, from a picture of its state. /readyz and /healthz show
// these checks; what delays or loses alerts or results is never hidden behind a green light.

#pragma once

#include <vector>

#include "daemon/own_metrics.h"
#include "daemon/web/api_sources.h"

namespace gatewatch::daemon {

[[nodiscard]] std::vector<web::HealthCheck> health_checks(const OwnState& state, Instant now);

}  // namespace gatewatch::daemon
