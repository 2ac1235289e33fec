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

}  // namespace gatewatch::daemon
