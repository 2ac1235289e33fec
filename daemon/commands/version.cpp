#include "daemon/version.h"

#include <fmt/core.h>

#include "daemon/commands/command.h"

namespace gatewatch::daemon {

int version_command() {
  fmt::print("gatewatch {}\n", version());
  return exit_fine;
}

}  // namespace gatewatch::daemon
