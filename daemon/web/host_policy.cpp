#include "daemon/web/host_policy.h"

#include <algorithm>
#include <optional>

#include "config/ip_address.h"
#include "probes/net/http_message.h"

namespace gatewatch::daemon::web {
namespace {

// `host` without its port, and without the brackets of an IPv6 literal; nothing where it is neither
// name nor literal, or its port no number.
std::optional<std::string_view> name_of(std::string_view host) {
  const bool is_bracketed = host.starts_with('[');
  const std::size_t end = is_bracketed ? host.find(']') : std::min(host.find(':'), host.size());
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view name = host.substr(is_bracketed ? 1 : 0, end - (is_bracketed ? 1 : 0));
  const std::string_view port = host.substr(is_bracketed ? end + 1 : end);
  const bool is_port =
      port.empty() || (port.starts_with(':') && port.size() <= 6 &&
                       port.find_first_not_of("0123456789", 1) == std::string_view::npos);
  const bool is_literal = name.find(':') != std::string_view::npos;
  return is_port && is_literal == is_bracketed ? std::optional(name) : std::nullopt;
}

bool is_own_address(const IpAddress& address, const IpAddress& listen) {
  if (listen.is_unspecified()) {
    return true;
  }
  return address == listen || (listen.is_loopback() && address.is_loopback());
}

}  // namespace

bool is_own_host(std::string_view host, const config::ListenAddress& listen,
                 const std::vector<std::string>& hosts) {
  const std::optional<std::string_view> name = name_of(host);
  if (!name || name->empty()) {
    return false;
  }
  const auto is_named = [&](std::string_view own) {
    return net::equals_ignoring_case(own, *name) || net::equals_ignoring_case(own, host);
  };
  if (std::ranges::any_of(hosts, is_named)) {
    return true;
  }
  const bool is_socket = !listen.unix_path.empty();
  const IpAddress& own = listen.endpoint.address;
  if (net::equals_ignoring_case(*name, "localhost")) {
    return is_socket || own.is_loopback() || own.is_unspecified();
  }
  const std::optional<IpAddress> address = IpAddress::parse(*name);
  return address && !is_socket && is_own_address(*address, own);
}

}  // namespace gatewatch::daemon::web
