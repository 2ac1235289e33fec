#include "config/ip_address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace gatewatch {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

int bits_of(IpFamily family) {
  return family == IpFamily::V4 ? 32 : 128;
}

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return {};
  return number;
}

}  // namespace

std::string_view ip_family_name(IpFamily family) noexcept {
  return family == IpFamily::V4 ? "IPv4" : "IPv6";
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.contains('\0')) return std::nullopt;
  std::ranges::copy(text, terminated.begin());
  IpAddress address;
  if (!text.contains(':')) {
    if (inet_pton(AF_INET, terminated.data(), address.bytes.data()) != 1) return std::nullopt;
    return address;
  }
  if (inet_pton(AF_INET6, terminated.data(), address.bytes.data()) != 1) return std::nullopt;
  if (std::equal(mapped_prefix.begin(), mapped_prefix.end(), address.bytes.begin())) {
    IpAddress plain;
    std::copy(address.bytes.begin() + 12, address.bytes.end(), plain.bytes.begin());
    return plain;
  }
  address.family = IpFamily::V6;
  return address;
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  inet_ntop(family == IpFamily::V4 ? AF_INET : AF_INET6, bytes.data(), buffer.data(),
            buffer.size());
  return buffer.data();
}

bool IpAddress::is_loopback() const {
  if (family == IpFamily::V4) return bytes[0] == 127;
  return std::all_of(bytes.begin(), bytes.end() - 1, [](auto byte) { return byte == 0; }) &&
         bytes[15] == 1;
}

bool IpAddress::is_unspecified() const {
  return std::ranges::all_of(bytes, [](auto byte) { return byte == 0; });
}

std::expected<IpNetwork, Error> IpNetwork::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  std::optional<int> prefix;
  if (address) {
    prefix = slash == std::string_view::npos ? bits_of(address->family)
                                             : parse_number<int>(text.substr(slash + 1));
  }
  if (!prefix || *prefix < 0 || *prefix > bits_of(address->family)) {
    return std::unexpected(Error{fmt::format(
        "\"{}\" is no network: write an address and a prefix, like \"10.0.0.0/8\" or \"fe80::/10\"",
        text)});
  }
  return IpNetwork{*address, *prefix};
}

bool IpNetwork::contains(const IpAddress& other) const {
  if (other.family != address.family) return false;
  const auto whole = static_cast<std::size_t>(prefix / 8);
  if (!std::equal(address.bytes.begin(), address.bytes.begin() + static_cast<long>(whole),
                  other.bytes.begin())) {
    return false;
  }
  if (prefix % 8 == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff << (8 - prefix % 8));
  return ((address.bytes[whole] ^ other.bytes[whole]) & mask) == 0;
}

std::string IpNetwork::text() const {
  return fmt::format("{}/{}", address.text(), prefix);
}

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto address = IpAddress::parse(host);
  const auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
  if (!address || !port) return std::nullopt;
  if (bracketed != (host.find(':') != std::string_view::npos)) return std::nullopt;
  return Endpoint{*address, *port};
}

std::string Endpoint::text() const {
  return address.family == IpFamily::V4 ? fmt::format("{}:{}", address.text(), port)
                                        : fmt::format("[{}]:{}", address.text(), port);
}

TargetPolicy TargetPolicy::standard() {
  TargetPolicy policy;
  for (const auto* const network : {"169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128"}) {
    policy.deny.push_back(IpNetwork::parse(network).value());
  }
  return policy;
}

bool TargetPolicy::permits(const IpAddress& address) const {
  const auto names = [&address](const IpNetwork& network) { return network.contains(address); };
  return std::ranges::any_of(allow, names) || std::ranges::none_of(deny, names);
}

}  // namespace gatewatch
