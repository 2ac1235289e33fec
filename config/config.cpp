#include "config/config.h"

#include <algorithm>
#include <array>

#include "config/glob.h"

namespace gatewatch::config {

std::string_view severity_name(Severity severity) noexcept {
  constexpr std::array<std::string_view, 3> names = {"info", "warning", "critical"};
  return names[static_cast<std::size_t>(severity)];
}

bool Route::probed_from(const std::string& region) const {
  return std::ranges::any_of(
      regions, [&region](const std::string& glob) { return glob_matches(glob, region); });
}

bool Rule::covers(const Route& route) const {
  return names_route(routes, tags, route.id(), route.tags);
}

std::vector<Rule> built_in_rules(const std::vector<Channel>& channels) {
  std::vector<std::string> everyone;
  for (const auto& channel : channels) everyone.push_back(channel.name);
  const auto rule = [&everyone](std::string name, std::string match) {
    Rule made;
    made.name = std::move(name);
    // Every match written here is one that MatchSet knows (config_test shows it).
    (void)made.match.add(match);
    made.match_texts = {std::move(match)};
    made.notify = everyone;
    return made;
  };
  auto bad_gateway = rule("bad-gateway", "bad_gateway");
  auto down = rule("down", "failing");
  down.rate = 0.5;
  down.window = 3min;
  auto certificate = rule("certificate", "cert_expiring");
  certificate.rate = 0.5;
  certificate.window = 1h;
  certificate.stretches = true;  // it has no confirmations to lean on
  certificate.severity = Severity::Warning;
  return {bad_gateway, down, certificate};
}

}  // namespace gatewatch::config
