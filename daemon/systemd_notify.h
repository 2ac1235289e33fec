// What systemd is told (sd_notify(3)): readiness, reloads, the stop, and the watchdog's sign of
// life. Without systemd every call does nothing.

#pragma once

#include <string>

namespace gatewatch::daemon {

class SystemdNotify {
 public:
  void ready(const std::string& status) const;
  void reloading() const;
  void stopping() const;
  void alive() const;  // well within WatchdogSec of the unit
};

}  // namespace gatewatch::daemon
