// A result that says nothing of its target after all, because the fault is ours.

#pragma once

#include <string_view>

#include "probes/result.h"

namespace gatewatch::daemon {

// It becomes `vantage`. `why`: a clause; how it had ended follows in the detail.
void blame_ourselves(Result& result, std::string_view reason, std::string_view why);

}  // namespace gatewatch::daemon
