#include "alerting/announcement.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "alerting/evidence.h"
#include "config/units.h"

namespace gatewatch::alerting {
namespace {

constexpr std::size_t most_evidence = 3;
constexpr std::size_t most_names = 3;  // in one sentence

// What the watches of an incident have seen, put together.
struct Findings {
  std::map<std::string, std::uint64_t> names;
  std::vector<Evidence> evidence;
  std::set<std::string> regions;                 // that report
  std::optional<Timestamp> certificate_expires;  // the first that does
};

Findings findings_of(const Incident& incident, Coverage& coverage) {
  Findings findings;
  for (const auto& [route, participant] : incident.participants) {
    for (const auto& watched : coverage.of(route)) {
      if (watched.incident != &incident) continue;
      for (const auto& [name, count] : watched.failures.names()) findings.names[name] += count;
      const auto& newest = watched.failures.newest();
      if (!newest.empty() && newest.back().certificate_expires) {
        const auto expires = *newest.back().certificate_expires;
        findings.certificate_expires =
            std::min(expires, findings.certificate_expires.value_or(expires));
      }
      findings.evidence.insert(findings.evidence.end(), newest.begin(), newest.end());
      for (auto& region : watched.watch.reporting_regions()) {
        findings.regions.insert(std::move(region));
      }
    }
  }
  return findings;
}

std::vector<std::string> newest_lines(std::vector<Evidence> evidence) {
  std::ranges::sort(evidence, [](const Evidence& left, const Evidence& right) {
    return left.at != right.at ? left.at > right.at : left.line < right.line;
  });
  std::vector<std::string> lines;
  for (auto& [at, line, expires, gateway] : evidence) {
    if (lines.size() == most_evidence) break;
    // Two rules that watch one route have seen the same result.
    if (lines.empty() || lines.back() != line) lines.push_back(std::move(line));
  }
  return lines;
}

std::string commonest(const std::map<std::string, std::uint64_t>& names,
                      const std::string& told_before) {
  const auto found =
      std::ranges::max_element(names, {}, [](const auto& entry) { return entry.second; });
  if (found != names.end()) return found->first;
  return told_before.empty() ? "Failures" : told_before;
}

std::vector<NotificationRoute> routes_of(const Incident& incident, const Coverage& coverage) {
  std::vector<const std::pair<const std::string, Participant>*> worst_first;
  for (const auto& entry : incident.participants) worst_first.push_back(&entry);
  std::ranges::sort(worst_first, [](const auto* left, const auto* right) {
    const auto& [left_id, left_part] = *left;
    const auto& [right_id, right_part] = *right;
    if (left_part.firing() != right_part.firing()) return left_part.firing();
    if (left_part.failures != right_part.failures) return left_part.failures > right_part.failures;
    return left_id < right_id;
  });
  std::vector<NotificationRoute> routes;
  for (const auto* entry : worst_first) {
    const auto* const route = coverage.route(entry->first);
    routes.push_back({.id = entry->first,
                      .url = route == nullptr ? "" : route->url.text_without_query(),
                      .runbook = route == nullptr ? "" : route->runbook,
                      .firing = entry->second.firing()});
  }
  return routes;
}

std::string duration_text(Timestamp from, Timestamp to) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(to - from);
  return config::format_duration(std::max(seconds, std::chrono::seconds{0}));
}

// "shop/a, shop/b and 3 more".
std::string listing(const std::vector<std::string>& names) {
  if (names.size() <= most_names) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{} and {} more", fmt::join(names.begin(), names.begin() + most_names, ", "),
                     names.size() - most_names);
}

std::string worsening(const Incident& incident, const Notification& notification) {
  const auto& news = incident.news;
  std::vector<std::string> parts;
  if (!news.routes.empty()) parts.push_back("also " + listing(news.routes));
  if (!news.regions.empty()) {
    parts.push_back("also from " + listing({news.regions.begin(), news.regions.end()}));
  }
  if (news.severity_rose) {
    parts.push_back(fmt::format("now {}", config::severity_name(incident.severity)));
  }
  return fmt::format("Worsened: {}; {}.", fmt::join(parts, ", "), notification.share());
}

// What every notification says.
Notification outline(const Incident& incident, NotificationKind kind, Timestamp now) {
  Notification notification;
  notification.kind = kind;
  notification.incident = incident.id;
  notification.sequence = incident.last_event;
  notification.incident_key = incident.key();
  notification.rule = incident.rule;
  notification.severity = incident.severity;
  notification.gateway = incident.gateway;
  notification.since = incident.since;
  notification.at = now;
  notification.resolved = incident.resolved;
  notification.acknowledged_by = incident.acknowledged_by;
  if (kind == NotificationKind::Resolved) notification.reason = incident.closed_by;
  return notification;
}

void add_blindness(Notification& notification, const Blindness& blindness) {
  notification.what = blindness.what;
  notification.monitor = blindness.share;
  notification.evidence = blindness.evidence;
  notification.diagnosis = blindness.diagnosis;
  notification.fixer = blindness.fixer;
}

bool fails_since(std::span<const Watched> watches, Timestamp since) {
  return std::ranges::any_of(watches, [since](const Watched& watched) {
    if (watched.cause != Cause::Outage) return false;
    const auto began = watched.watch.run_of_failures_since();
    return watched.watch.firing() || (began && *began >= since);
  });
}

// How many others depend on its routes, and fail too.
std::uint64_t failing_dependents(const Incident& incident, Coverage& coverage) {
  if (incident.cause != Cause::Outage || coverage.dependence().empty()) return 0;
  std::set<std::string> failing;
  for (const auto& [route, participant] : incident.participants) {
    if (!participant.firing()) continue;
    for (const auto& other : coverage.dependence().dependents(route)) {
      if (incident.participants.contains(other)) continue;
      if (fails_since(coverage.of(other), incident.since)) failing.insert(other);
    }
  }
  return failing.size();
}

void add_routes(Notification& notification, const Incident& incident, Coverage& coverage) {
  auto findings = findings_of(incident, coverage);
  notification.of_certificate = incident.cause == Cause::Certificate;
  // A route that fails besides is another incident's.
  notification.what = notification.of_certificate ? std::string(certificate_expires_soon)
                                                  : commonest(findings.names, incident.what);
  if (notification.of_certificate) notification.certificate_expires = findings.certificate_expires;
  notification.routes = routes_of(incident, coverage);
  std::set<std::string> failing;
  for (const auto& [route, participant] : incident.participants) {
    notification.probes += participant.probes;
    notification.failures += participant.failures;
    failing.insert(participant.regions.begin(), participant.regions.end());
  }
  if (incident.is_live()) notification.dependents = failing_dependents(incident, coverage);
  notification.regions_failing.assign(failing.begin(), failing.end());
  std::ranges::set_difference(findings.regions, failing,
                              std::back_inserter(notification.regions_clean));
  notification.evidence = newest_lines(std::move(findings.evidence));
}

}  // namespace

Notification describe(const Incident& incident, NotificationKind kind, Coverage& coverage,
                      const std::string& link_prefix, Timestamp now) {
  auto notification = outline(incident, kind, now);
  if (incident.cause == Cause::Blindness) {
    add_blindness(notification, incident.blindness);
  } else {
    add_routes(notification, incident, coverage);
  }
  if (!link_prefix.empty()) {
    notification.link = fmt::format("{}/incidents/{}", link_prefix, incident.id);
  }
  return notification;
}

std::string sentence_of(Why why, const Incident& incident, const Notification& notification,
                        Timestamp resolved_before) {
  const auto lasted = duration_text(notification.since, notification.at);
  switch (why) {
    case Why::Opened:
      return fmt::format("{}: {}.", notification.headline(), notification.share());
    case Why::Reopened:
      return fmt::format("{} again {} after it was resolved: {}.",
                         notification.of_certificate     ? "Warns"
                         : !notification.monitor.empty() ? "Blind"
                                                         : "Fails",
                         duration_text(resolved_before, notification.at), notification.headline());
    case Why::NewChannel:
      return fmt::format("The rule {} fires too.", listing(incident.news.rules));
    case Why::Worsened:
      return worsening(incident, notification);
    case Why::Reminder:
      return fmt::format("Still {} after {}: {}; {}.",
                         notification.is_of_outage() ? "failing" : "so", lasted,
                         notification.headline(), notification.share());
    case Why::Resolved:
      if (notification.of_certificate) {
        return fmt::format("Resolved after {}: the certificate {}.", lasted, notification.share());
      }
      if (!notification.monitor.empty()) {
        return fmt::format("Resolved after {}: the monitor sees again.", lasted);
      }
      return fmt::format("Resolved after {}: {} of {} probes failed.", lasted,
                         notification.failures, notification.probes);
    case Why::NoLongerConfigured:
      return fmt::format("Closed after {} without a recovery: {}.", lasted, notification.reason);
    case Why::Held:
      return fmt::format("Not told from now on: {}.", incident.hold.by);
    case Why::Released:
      return fmt::format("Told again, after it was held by {}.", incident.held_by);
    case Why::Acknowledged:
      return fmt::format("Acknowledged by {}.", incident.acknowledged_by);
    case Why::Escalated:
      return fmt::format("Open for {}, and nobody has acknowledged it: {} told too.",
                         duration_text(incident.open_since, notification.at),
                         listing(due_escalations(incident, notification.at)));
    case Why::Silence:
      break;
  }
  return {};
}

}  // namespace gatewatch::alerting
