// The log: one line an event, "message key=value …" in logfmt, to stderr; under the journal with
// the priorities of sd-daemon(3). Values are escaped so that no text from outside can forge a line
// or a terminal code. A message that repeats is held to a rate and its count is told.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace gatewatch::daemon {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };

struct LogField {
  std::string_view key;
  std::string value;
};

// Any thread. A value's secrets are its caller's to leave out: config::Secret cannot be put in.
class Log {
 public:
  [[nodiscard]] static Log to_stderr(LogLevel least);
  ~Log();
  Log(Log&&) noexcept;
  Log& operator=(Log&&) noexcept;

  void debug(std::string_view message, std::initializer_list<LogField> fields = {});
  void info(std::string_view message, std::initializer_list<LogField> fields = {});
  void warning(std::string_view message, std::initializer_list<LogField> fields = {});
  void error(std::string_view message, std::initializer_list<LogField> fields = {});

  // The line without time and level: `message key=value key="va lue"`.
  [[nodiscard]] static std::string line(std::string_view message,
                                        std::initializer_list<LogField> fields);

 private:
  class Sink;
  explicit Log(std::unique_ptr<Sink> sink);
  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields);

  std::unique_ptr<Sink> sink_;
};

}  // namespace gatewatch::daemon
