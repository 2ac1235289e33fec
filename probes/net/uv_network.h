// The real Network: one libuv loop, with c-ares on it for names. One object per loop thread.

#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "probes/net/network.h"

namespace gatewatch::net {

class SignalWatch {
 public:
  virtual ~SignalWatch() = default;  // stops watching
};

class UvNetwork : public Network {
 public:
  [[nodiscard]] static std::expected<std::unique_ptr<UvNetwork>, Error> create();

  // Runs the loop on the calling thread until stop().
  virtual void run() = 0;
  // Ends run() soon; from the loop thread alone (others go through a Wakeup).
  virtual void stop() = 0;
  // Calls back on the loop thread at each arrival of the signal.
  [[nodiscard]] virtual std::unique_ptr<SignalWatch> on_signal(
      int number, std::move_only_function<void()> callback) = 0;
  // A stream that is connected to the Unix socket at the path already, or the errno that says why
  // there is none; it never waits.
  [[nodiscard]] virtual std::expected<std::unique_ptr<Stream>, int> connect_unix(
      const std::string& path) = 0;
  // How late the loop's last turn was: the longest time callbacks held it since the last call.
  [[nodiscard]] virtual std::chrono::nanoseconds take_longest_turn() = 0;
  // Runs the loop until every handle is closed; 0 when none leaked (uv_loop_close's answer).
  // Everything made by this network must be destroyed before. Idempotent; the destructor asserts
  // that it returned 0.
  [[nodiscard]] virtual int close() = 0;
};

// The clock of the operating system. Stateless: any thread may use any object of it.
class SystemClock : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
  [[nodiscard]] Instant boot_now() const override;
  [[nodiscard]] Timestamp wall_now() const override;
};

}  // namespace gatewatch::net
