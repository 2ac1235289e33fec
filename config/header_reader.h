// Reads tables of HTTP headers: what a route and a webhook send.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/section.h"

namespace gatewatch::config {

// Adds to `into`; a header that is there already (regardless of case) is replaced. `ours`: further
// names, in lower case, that the sender writes itself and the file may not.
void read_headers(Section& section, std::string_view key, std::vector<Header>& into,
                  const std::vector<std::string>& ours = {});

}  // namespace gatewatch::config
