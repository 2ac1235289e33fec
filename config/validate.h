// Holds the parts of a configuration against each other: names given twice, rules that name no
// route or an unknown channel, rules that cannot fire. Then makes the configuration of them.

#pragma once

#include "config/draft.h"

namespace gatewatch::config {

// Notes every mistake; the result is usable only where there was none at all.
[[nodiscard]] Config validate(Draft draft, Mistakes& mistakes);

}  // namespace gatewatch::config
