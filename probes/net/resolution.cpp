#include "probes/net/resolution.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace gatewatch::net {
namespace {

constexpr std::size_t longest_name = 253;
constexpr std::size_t longest_label = 63;
constexpr std::size_t most_addresses = 64;
constexpr std::size_t most_domains = 6;  // what resolvers have read of a search list since 1990

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= longest_label &&
         std::ranges::all_of(label, [](char byte) {
           return byte > ' ' && byte < 0x7f && byte != '\\';  // c-ares reads \ as an escape
         });
}

// That a name has no address of the family is an answer like another.
bool is_broken(const std::optional<AresAnswer>& answer) {
  return !answer ||
         (answer->status != DnsStatus::NoAddress && answer->status != DnsStatus::NxDomain);
}

Resolution gather(const std::vector<IpFamily>& families, const FamilyAnswers& answers) {
  Resolution resolution;
  std::optional<std::chrono::seconds> ttl;
  for (std::size_t slot = 0; slot < answers.size(); ++slot) {
    const auto& answer = answers[slot];
    if (!answer || answer->status != DnsStatus::Ok) {
      if (!is_broken(answer)) continue;
      resolution.broken_family = families[slot];
      const auto status = answer ? answer->status : DnsStatus::Timeout;
      resolution.detail = fmt::format("its {} addresses are not known: {}",
                                      ip_family_name(families[slot]), dns_status_name(status));
      continue;
    }
    resolution.addresses.insert(resolution.addresses.end(), answer->addresses.begin(),
                                answer->addresses.end());
    ttl = std::min(ttl.value_or(answer->ttl), answer->ttl);
  }
  if (resolution.addresses.size() > most_addresses) resolution.addresses.resize(most_addresses);
  resolution.ttl = ttl.value_or(std::chrono::seconds(0));
  return resolution;
}

Resolution failed(DnsStatus status) {
  Resolution resolution;
  resolution.status = status;
  return resolution;
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

std::vector<std::string> names_to_ask(const std::string& canonical, bool absolute,
                                      const SearchList& list) {
  if (absolute) return {canonical};
  std::vector<std::string> names;
  for (const auto& domain : list.domains) {
    if (names.size() == most_domains) break;
    if (auto name = canonical_name(canonical + "." + domain)) names.push_back(*std::move(name));
  }
  const bool first = std::ranges::count(canonical, '.') >= list.dots;
  names.insert(first ? names.begin() : names.end(), canonical);
  return names;
}

bool leads_to_next_name(DnsStatus status) noexcept {
  return status == DnsStatus::NxDomain || status == DnsStatus::NoAddress ||
         status == DnsStatus::ServFail;
}

DnsStatus more_telling(DnsStatus left, DnsStatus right) noexcept {
  for (const auto status : {DnsStatus::ServFail, DnsStatus::NoAddress}) {
    if (left == status || right == status) return status;
  }
  return right;
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

std::optional<Resolution> merge(const std::vector<IpFamily>& families, const FamilyAnswers& answers,
                                bool patient) {
  const auto has = [&answers](DnsStatus status) {
    return std::ranges::any_of(
        answers, [status](const auto& answer) { return answer && answer->status == status; });
  };
  const bool complete =
      std::ranges::all_of(answers, [](const auto& answer) { return answer.has_value(); });
  if (has(DnsStatus::Ok) || has(DnsStatus::NxDomain)) {
    if (!complete && patient) return std::nullopt;
    return has(DnsStatus::Ok) ? gather(families, answers) : failed(DnsStatus::NxDomain);
  }
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
