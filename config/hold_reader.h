// Reads [[silence]] and [[maintenance]].

#pragma once

#include "config/draft.h"
#include "config/section.h"

namespace gatewatch::config {

[[nodiscard]] SilenceDraft read_silence(Section& section);
[[nodiscard]] MaintenanceDraft read_maintenance(Section& section);

}  // namespace gatewatch::config
