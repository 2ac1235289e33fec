// IP addresses, networks and endpoints as values (RFC 4291, RFC 4632, RFC 5952 for the text form).
// An IPv4-mapped IPv6 address (::ffff:a.b.c.d) counts as the IPv4 address that it stands for.

#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/error.h"

namespace gatewatch {

enum class IpFamily : std::uint8_t { V4, V6 };
[[nodiscard]] std::string_view ip_family_name(IpFamily family) noexcept;  // "IPv4", "IPv6"

struct IpAddress {
  IpFamily family = IpFamily::V4;
  std::array<std::uint8_t, 16> bytes{};  // network order; an IPv4 address fills the first four
  std::uint32_t scope = 0;               // IPv6 link-local interface index, 0 otherwise

  // Strict: four decimal parts without leading zeroes, or RFC 4291 text; no brackets, no port.
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);
  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool is_loopback() const;
  [[nodiscard]] bool is_unspecified() const;

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

struct IpNetwork {
  IpAddress address;
  int prefix = 0;  // bits

  // "192.0.2.0/24", "fe80::/10", or an address alone (all bits).
  [[nodiscard]] static std::expected<IpNetwork, Error> parse(std::string_view text);
  [[nodiscard]] bool contains(const IpAddress& other) const;
  [[nodiscard]] std::string text() const;

  friend bool operator==(const IpNetwork&, const IpNetwork&) = default;
};

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;

  // "192.0.2.1:80" or "[2001:db8::1]:80".
  [[nodiscard]] static std::optional<Endpoint> parse(std::string_view text);
  [[nodiscard]] std::string text() const;

  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

// Which addresses we may connect to. `allow` wins over `deny`; what neither names is allowed.
struct TargetPolicy {
  std::vector<IpNetwork> deny;
  std::vector<IpNetwork> allow;

  // Link-local addresses and the cloud metadata services (spec section 3).
  [[nodiscard]] static TargetPolicy standard();
  [[nodiscard]] bool permits(const IpAddress& address) const;

  friend bool operator==(const TargetPolicy&, const TargetPolicy&) = default;
};

}  // namespace gatewatch
