#include "daemon/log.h"

#include <cstdlib>
#include <mutex>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "daemon/log_rate.h"
#include "probes/net/uv_network.h"
#include "probes/result_json.h"

namespace gatewatch::daemon {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
      return spdlog::level::debug;
    case LogLevel::Info:
      return spdlog::level::info;
    case LogLevel::Warning:
      return spdlog::level::warn;
    case LogLevel::Error:
      return spdlog::level::err;
  }
  std::abort();
}

// sd-daemon(3): SD_DEBUG, SD_INFO, SD_WARNING, SD_ERR.
constexpr const char* journal_prefix(LogLevel level) {
  constexpr const char* prefixes[] = {"<7>", "<6>", "<4>", "<3>"};
  return prefixes[static_cast<int>(level)];
}

bool is_bare(std::string_view value) {
  if (value.empty()) return false;
  for (const char character : value) {
    if (character <= ' ' || character == '"' || character == '=' || character == '\\') return false;
  }
  return true;
}

// Bytes that are not UTF-8 and control bytes are U+FFFD already.
std::string quoted(std::string_view value) {
  std::string text = "\"";
  for (const char character : value) {
    if (character == '"' || character == '\\') text += '\\';
    if (character == '\n') {
      text += "\\n";
    } else if (character == '\t') {
      text += "\\t";
    } else {
      text += character;
    }
  }
  return text + '"';
}

}  // namespace

class Log::Sink {
 public:
  Sink(LogLevel least, bool journal) : journal_(journal), logger_(make_logger(least, journal)) {}

  void write(LogLevel level, std::string_view message, const LogFields& fields) {
    write(level, message, fields, 0);
  }

  void write_at_a_rate(LogLevel level, std::string_view message, const LogFields& fields) {
    const auto verdict = admit(message);
    if (verdict.admitted) write(level, message, fields, verdict.suppressed);
  }

 private:
  void write(LogLevel level, std::string_view message, const LogFields& fields,
             std::uint64_t suppressed) {
    auto text = Log::line(message, fields);
    if (suppressed > 0) text += fmt::format(" suppressed={}", suppressed);
    if (journal_) text.insert(0, journal_prefix(level));
    logger_->log(spdlog_level(level), "{}", text);
  }

  static std::shared_ptr<spdlog::logger> make_logger(LogLevel least, bool journal) {
    auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    auto logger = std::make_shared<spdlog::logger>("gatewatch", std::move(sink));
    // The journal stamps its own time and level.
    logger->set_pattern(journal ? "%v" : "%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
    logger->set_level(spdlog_level(least));
    logger->flush_on(spdlog::level::debug);
    return logger;
  }

  LogRate::Verdict admit(std::string_view message) {
    const std::scoped_lock lock(mutex_);
    return rate_.admit(message, clock_.now());
  }

  const bool journal_;
  std::shared_ptr<spdlog::logger> logger_;
  net::SystemClock clock_;
  std::mutex mutex_;
  LogRate rate_;  // guarded by mutex_
};

Log Log::to_stderr(LogLevel least) {
  return Log(std::make_unique<Sink>(least, std::getenv("JOURNAL_STREAM") != nullptr));
}

Log::Log(std::unique_ptr<Sink> sink) : sink_(std::move(sink)) {}
Log::~Log() = default;
Log::Log(Log&&) noexcept = default;
Log& Log::operator=(Log&&) noexcept = default;

void Log::debug(std::string_view message, const LogFields& fields) {
  sink_->write_at_a_rate(LogLevel::Debug, message, fields);
}

void Log::info(std::string_view message, const LogFields& fields) {
  sink_->write_at_a_rate(LogLevel::Info, message, fields);
}

void Log::warning(std::string_view message, const LogFields& fields) {
  sink_->write_at_a_rate(LogLevel::Warning, message, fields);
}

void Log::error(std::string_view message, const LogFields& fields) {
  sink_->write_at_a_rate(LogLevel::Error, message, fields);
}

std::string Log::line(std::string_view message, const LogFields& fields) {
  std::string text(message);
  for (const auto& field : fields) {
    const auto value = clean_utf8(field.value);
    text += fmt::format(" {}={}", field.key, is_bare(value) ? value : quoted(value));
  }
  return text;
}

void Log::each(LogLevel level, std::string_view message, const LogFields& fields) {
  sink_->write(level, message, fields);
}

}  // namespace gatewatch::daemon
