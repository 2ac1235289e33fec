// Reads [[rule]].

#pragma once

#include "config/draft.h"
#include "config/section.h"

namespace gatewatch::config {

[[nodiscard]] RuleDraft read_rule(Section& section);

}  // namespace gatewatch::config
