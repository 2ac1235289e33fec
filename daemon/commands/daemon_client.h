// Asks the running daemon, for commands: one request at a time over its own HTTP port, JSON in and
// out. Everything that can go wrong is one sentence that says what to do.

#pragma once

#include <expected>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "config/daemon_access.h"
#include "config/environment.h"
#include "config/error.h"

namespace gatewatch::daemon {

struct DaemonAnswer {
  int status = 0;
  nlohmann::json body;  // without the member "error"
};

// Blocks the calling thread, for 10 s at most.
class DaemonClient {
 public:
  // Where `config_file` says that the daemon listens, with its token, or with that of the
  // environment variable GATEWATCH_TOKEN. The error: the mistakes of the file, one line each.
  [[nodiscard]] static std::expected<DaemonClient, std::vector<std::string>> open(
      const std::string& config_file, const config::Environment& environment);
  explicit DaemonClient(config::DaemonAccess access) : access_(std::move(access)) {}

  // `target`: "/api/v1/incidents?open=true". An answer that is an error of ours is that error.
  [[nodiscard]] std::expected<DaemonAnswer, Error> get(const std::string& target) const;
  [[nodiscard]] std::expected<DaemonAnswer, Error> post(const std::string& target,
                                                        const nlohmann::json& body) const;

  // "http://127.0.0.1:9502", "unix:/path".
  [[nodiscard]] std::string address() const;

 private:
  [[nodiscard]] std::expected<DaemonAnswer, Error> ask(const std::string& method,
                                                       const std::string& target,
                                                       const std::string& body) const;

  config::DaemonAccess access_;
};

}  // namespace gatewatch::daemon
