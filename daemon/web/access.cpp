#include "daemon/web/access.h"

#include <string>

namespace gatewatch::daemon::web {
namespace {

bool has_token(const net::Headers& headers, const config::Secret& token) {
  constexpr std::string_view scheme = "bearer ";
  const std::string_view given = headers.get("Authorization");
  return !token.empty() && headers.count("Authorization") == 1 &&
         net::equals_ignoring_case(given.substr(0, scheme.size()), scheme) &&
         equal_in_constant_time(given.substr(scheme.size()), token.reveal());
}

bool are_reads_open(const config::Daemon& daemon) {
  return daemon.anonymous_reads || !daemon.listen.unix_path.empty() ||
         daemon.listen.endpoint.address.is_loopback();
}

// Browsers tell both; programs tell neither.
bool is_foreign(const net::Headers& headers) {
  if (headers.contains("Sec-Fetch-Site") && headers.get("Sec-Fetch-Site") != "same-origin") {
    return true;
  }
  if (!headers.contains("Origin")) {
    return false;
  }
  const std::string host(headers.get("Host"));
  const std::string_view origin = headers.get("Origin");
  return !net::equals_ignoring_case(origin, "http://" + host) &&
         !net::equals_ignoring_case(origin, "https://" + host);
}

bool is_json(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find_first_of("; "));
  return net::equals_ignoring_case(type, "application/json");
}

AccessVerdict judge_control(const net::Headers& headers, const config::Daemon& daemon) {
  if (is_foreign(headers)) {
    return AccessVerdict::ForeignOrigin;
  }
  if (daemon.token.empty()) {
    return AccessVerdict::NoToken;
  }
  if (!has_token(headers, daemon.token)) {
    return AccessVerdict::WrongToken;
  }
  return is_json(headers.get("Content-Type")) ? AccessVerdict::Granted : AccessVerdict::NotJson;
}

}  // namespace

bool equal_in_constant_time(std::string_view left, std::string_view right) noexcept {
  if (left.size() != right.size()) {
    return false;
  }
  // volatile: the compiler may not leave the loop early either.
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    difference = static_cast<unsigned char>(
        difference | (static_cast<unsigned char>(left[i]) ^ static_cast<unsigned char>(right[i])));
  }
  return difference == 0;
}

AccessVerdict judge_access(Access access, const net::Headers& headers,
                           const config::Daemon& daemon) {
  if (access == Access::Control) {
    return judge_control(headers, daemon);
  }
  return are_reads_open(daemon) || has_token(headers, daemon.token) ? AccessVerdict::Granted
                                                                    : AccessVerdict::WrongToken;
}

}  // namespace gatewatch::daemon::web
