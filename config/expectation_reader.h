// Reads a route's `expect`.

#pragma once

#include "config/config.h"
#include "config/section.h"

namespace gatewatch::config {

void read_expectation(Section& section, Expectation& into);

}  // namespace gatewatch::config
