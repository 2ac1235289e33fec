#include "daemon/systemd_notify.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

namespace gatewatch::daemon {

void SystemdNotify::ready(const std::string& status) const {
  sd_notify(0, fmt::format("READY=1\nSTATUS={}", status).c_str());
}

void SystemdNotify::reloading() const {
  sd_notify(0, "RELOADING=1");
}

void SystemdNotify::stopping() const {
  sd_notify(0, "STOPPING=1");
}

void SystemdNotify::alive() const {
  sd_notify(0, "WATCHDOG=1");
}

void SystemdNotify::status(const std::string& status) const {
  sd_notify(0, fmt::format("STATUS={}", status).c_str());
}

std::optional<std::chrono::microseconds> SystemdNotify::watchdog_interval() {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  // Half of it, as sd_watchdog_enabled(3) advises.
  return std::chrono::microseconds(microseconds / 2);
}

}  // namespace gatewatch::daemon
