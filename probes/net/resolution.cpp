#include "probes/net/resolution.h"

#include <algorithm>
#include <utility>

namespace gatewatch::net {
namespace {

constexpr std::size_t longest_name = 253;
constexpr std::size_t longest_label = 63;
constexpr std::size_t most_addresses = 64;

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= longest_label &&
         std::ranges::all_of(label, [](char byte) {
           return byte > ' ' && byte < 0x7f && byte != '\\';  // c-ares reads \ as an escape
         });
}

Resolution gather(const FamilyAnswers& answers) {
  Resolution resolution;
  std::optional<std::chrono::seconds> ttl;
  for (const auto& answer : answers) {
    if (!answer || answer->status != DnsStatus::Ok) continue;
    resolution.addresses.insert(resolution.addresses.end(), answer->addresses.begin(),
                                answer->addresses.end());
    ttl = std::min(ttl.value_or(answer->ttl), answer->ttl);
  }
  if (resolution.addresses.size() > most_addresses) resolution.addresses.resize(most_addresses);
  resolution.ttl = ttl.value_or(std::chrono::seconds(0));
  return resolution;
}

Resolution failed(DnsStatus status) {
  return {.status = status, .addresses = {}, .ttl = {}, .detail = {}};
}

}  // namespace

std::optional<std::string> canonical_name(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || host.size() > longest_name) return std::nullopt;
  for (std::size_t begin = 0; begin <= host.size();) {
    const auto dot = std::min(host.find('.', begin), host.size());
    if (!is_label(host.substr(begin, dot - begin))) return std::nullopt;
    begin = dot + 1;
  }
  std::string name(host);
  std::ranges::transform(name, name.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return name;
}

bool is_localhost(std::string_view canonical) noexcept {
  return canonical == "localhost" || canonical.ends_with(".localhost");
}

bool wants(config::IpPreference preference, IpFamily family) noexcept {
  if (preference == config::IpPreference::Any) return true;
  return (preference == config::IpPreference::V4) == (family == IpFamily::V4);
}

Resolution resolution_of(std::vector<IpAddress> addresses, config::IpPreference preference,
                         const std::string& name) {
  std::erase_if(addresses,
                [preference](const auto& address) { return !wants(preference, address.family); });
  Resolution resolution;
  resolution.addresses = std::move(addresses);
  if (resolution.addresses.empty()) {
    resolution.status = DnsStatus::NoAddress;
    resolution.detail = name + " has no address of the wanted family";
  }
  return resolution;
}

std::optional<Resolution> merge(const FamilyAnswers& answers, bool patient) {
  const auto has = [&answers](DnsStatus status) {
    return std::ranges::any_of(
        answers, [status](const auto& answer) { return answer && answer->status == status; });
  };
  const bool complete =
      std::ranges::all_of(answers, [](const auto& answer) { return answer.has_value(); });
  if (has(DnsStatus::Ok)) {
    if (!complete && patient) return std::nullopt;
    return gather(answers);
  }
  if (has(DnsStatus::NxDomain)) return failed(DnsStatus::NxDomain);  // of all types: RFC 8020
  if (!complete) return std::nullopt;
  for (const auto& answer : answers) {
    if (answer->status != DnsStatus::NoAddress) return failed(answer->status);
  }
  return failed(DnsStatus::NoAddress);
}

std::chrono::seconds cache_time(std::chrono::seconds ttl) noexcept {
  return std::clamp(ttl, std::chrono::seconds(1), std::chrono::seconds(60));
}

}  // namespace gatewatch::net
