#include "probes/net/network.h"

#include <array>

namespace gatewatch::net {

std::string_view io_status_name(IoStatus status) noexcept {
  constexpr std::array<std::string_view, 10> names = {
      "ok",    "end_of_stream", "refused",  "timed_out",   "unreachable",
      "reset", "no_resources",  "no_route", "tls_failure", "other"};
  return names[static_cast<std::size_t>(status)];
}

std::string_view dns_status_name(DnsStatus status) noexcept {
  constexpr std::array<std::string_view, 9> names = {"ok",         "nxdomain",    "servfail",
                                                     "no_address", "timeout",     "refused",
                                                     "malformed",  "no_resolver", "other"};
  return names[static_cast<std::size_t>(status)];
}

}  // namespace gatewatch::net
