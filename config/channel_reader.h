// Reads [[channel]]: each type has keys of its own.

#pragma once

#include "config/draft.h"
#include "config/section.h"

namespace gatewatch::config {

[[nodiscard]] ChannelDraft read_channel(Section& section);

}  // namespace gatewatch::config
