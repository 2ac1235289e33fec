// Reads tables of HTTP headers: what a route and a webhook send.

#pragma once

#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/section.h"

namespace gatewatch::config {

// Adds to `into`; a header that is there already (regardless of case) is replaced.
void read_headers(Section& section, std::string_view key, std::vector<Header>& into);

}  // namespace gatewatch::config
