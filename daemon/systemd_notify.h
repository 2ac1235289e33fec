// What systemd is told (sd_notify(3)): readiness, reloads, the stop, and the watchdog's sign of
// life. Without systemd every call does nothing.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace gatewatch::daemon {

class SystemdNotify {
 public:
  void ready(const std::string& status) const;
  void reloading() const;
  void stopping() const;
  void alive() const;
  void status(const std::string& status) const;
  // How often alive() must be called; nothing where systemd does not watch.
  [[nodiscard]] static std::optional<std::chrono::microseconds> watchdog_interval();
};

}  // namespace gatewatch::daemon
