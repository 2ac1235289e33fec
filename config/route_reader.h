// Reads [defaults] and [[route]].

#pragma once

#include "config/draft.h"
#include "config/section.h"

namespace gatewatch::config {

// Any key of a route but its name.
void read_defaults(Section& section, RouteDraft& into);

// `defaults`: what the route begins as. Its tables (headers, tags, expect, …) are completed key by
// key, everything else is replaced.
[[nodiscard]] RouteDraft read_route(Section& section, const RouteDraft& defaults);

}  // namespace gatewatch::config
