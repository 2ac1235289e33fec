// The log: one line an event, "message key=value …" in logfmt, to stderr; under the journal with
// the priorities of sd-daemon(3). Values are escaped so that no text from outside can forge a line
// or a terminal code. A message that repeats is held to a rate and its count is told, but for what
// is bounded by itself.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatewatch::daemon {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };

struct LogField {
  std::string_view key;
  std::string value;
};
using LogFields = std::vector<LogField>;

// Any thread. A value's secrets are its caller's to leave out: config::Secret cannot be put in.
class Log {
 public:
  [[nodiscard]] static Log to_stderr(LogLevel least);
  ~Log();
  Log(Log&&) noexcept;
  Log& operator=(Log&&) noexcept;

  void debug(std::string_view message, const LogFields& fields = {});
  void info(std::string_view message, const LogFields& fields = {});
  void warning(std::string_view message, const LogFields& fields = {});
  void error(std::string_view message, const LogFields& fields = {});
  // Not held to the rate: for what there is only so much of, like the mistakes of one file.
  void each(LogLevel level, std::string_view message, const LogFields& fields);

  // The line without time and level: `message key=value key="va lue"`.
  [[nodiscard]] static std::string line(std::string_view message, const LogFields& fields);

 private:
  class Sink;
  explicit Log(std::unique_ptr<Sink> sink);

  std::unique_ptr<Sink> sink_;
};

}  // namespace gatewatch::daemon
