// Reads a [[channel]] of type "email".

#pragma once

#include "config/channel.h"
#include "config/section.h"

namespace gatewatch::config {

[[nodiscard]] EmailChannel read_email_channel(Section& section);

}  // namespace gatewatch::config
