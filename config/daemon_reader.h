// Reads [daemon] and [storage].

#pragma once

#include "config/config.h"
#include "config/section.h"

namespace gatewatch::config {

void read_daemon(Section& section, Daemon& into);
void read_storage(Section& section, Storage& into);

}  // namespace gatewatch::config
