// Reads [daemon] and [storage].

#pragma once

#include "config/config.h"
#include "config/daemon_access.h"
#include "config/section.h"

namespace gatewatch::config {

void read_daemon(Section& section, Daemon& into);
// The same section, as far as whoever wants to reach the daemon needs it. The server's key is its
// own matter; that the token cannot be had is no mistake.
void read_daemon_access(Section& section, DaemonAccess& into);
void read_storage(Section& section, Storage& into);

}  // namespace gatewatch::config
