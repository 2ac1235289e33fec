#include "daemon/version.h"

namespace gatewatch::daemon {

std::string_view version() noexcept {
  return GATEWATCH_VERSION;
}

std::string user_agent() {
  return "gatewatch/" + std::string(version()) + " (+https://gatewatch.dev)";
}

}  // namespace gatewatch::daemon
