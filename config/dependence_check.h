// Holds `depends_on` of all routes against each other.

#pragma once

#include "config/draft.h"

namespace gatewatch::config {

// Notes what depends on a route that is not there, or by some steps on itself.
void check_dependence(const Draft& draft, Mistakes& mistakes);

}  // namespace gatewatch::config
