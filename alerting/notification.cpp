#include "alerting/notification.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "probes/result_json.h"

namespace gatewatch::alerting {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 7> kind_names = {
    "opened", "worsened", "reminder", "reopened", "resolved", "acknowledged", "escalated"};

std::optional<NotificationKind> kind_named(std::string_view name) {
  const auto* const found = std::ranges::find(kind_names, name);
  if (found == kind_names.end()) return std::nullopt;
  return static_cast<NotificationKind>(found - kind_names.begin());
}

std::optional<config::Severity> severity_named(std::string_view name) {
  for (const auto severity :
       {config::Severity::Info, config::Severity::Warning, config::Severity::Critical}) {
    if (config::severity_name(severity) == name) return severity;
  }
  return std::nullopt;
}

// Times are stored as whole microseconds since the Unix epoch: exact and free of time zones.
std::int64_t to_number(Timestamp time) {
  return time.time_since_epoch().count();
}

Timestamp to_time(const json& number) {
  return Timestamp{std::chrono::microseconds{number.get<std::int64_t>()}};
}

json to_json(const NotificationRoute& route) {
  return {
      {"id", route.id}, {"url", route.url}, {"runbook", route.runbook}, {"firing", route.firing}};
}

NotificationRoute to_route(const json& object) {
  return {.id = object.at("id").get<std::string>(),
          .url = object.at("url").get<std::string>(),
          .runbook = object.at("runbook").get<std::string>(),
          .firing = object.at("firing").get<bool>()};
}

// Throws json::exception where a key is missing or of another type; an empty optional says that
// kind or severity is a word that we do not know.
std::optional<Notification> read(const json& object) {
  const auto kind = kind_named(object.at("kind").get<std::string>());
  const auto severity = severity_named(object.at("severity").get<std::string>());
  if (!kind || !severity) return std::nullopt;
  Notification notification;
  notification.kind = *kind;
  notification.severity = *severity;
  object.at("incident").get_to(notification.incident);
  object.at("sequence").get_to(notification.sequence);
  object.at("incident_key").get_to(notification.incident_key);
  object.at("rule").get_to(notification.rule);
  object.at("what").get_to(notification.what);
  object.at("gateway").get_to(notification.gateway);
  for (const auto& route : object.at("routes")) notification.routes.push_back(to_route(route));
  notification.since = to_time(object.at("since_us"));
  notification.at = to_time(object.at("at_us"));
  // These are younger than the others.
  notification.of_certificate = object.value("of_certificate", false);
  if (object.contains("certificate_expires_us")) {
    notification.certificate_expires = to_time(object.at("certificate_expires_us"));
  }
  notification.reason = object.value("reason", "");
  notification.acknowledged_by = object.value("acknowledged_by", "");
  notification.notes = object.value("notes", std::vector<std::string>());
  notification.monitor = object.value("monitor", "");
  notification.dependents = object.value("dependents", std::uint64_t{0});
  const auto& resolved = object.at("resolved_us");
  if (!resolved.is_null()) notification.resolved = to_time(resolved);
  object.at("probes").get_to(notification.probes);
  object.at("failures").get_to(notification.failures);
  object.at("regions_failing").get_to(notification.regions_failing);
  object.at("regions_clean").get_to(notification.regions_clean);
  object.at("evidence").get_to(notification.evidence);
  object.at("diagnosis").get_to(notification.diagnosis);
  object.at("fixer").get_to(notification.fixer);
  object.at("link").get_to(notification.link);
  return notification;
}

// How much of a certificate's time is left when the event is told.
std::string expiry(const Notification& notification) {
  if (notification.kind == NotificationKind::Resolved && notification.reason.empty()) {
    return "no longer expires soon";
  }
  if (!notification.certificate_expires) return "expires soon";
  const auto days =
      std::chrono::floor<std::chrono::days>(*notification.certificate_expires - notification.at)
          .count();
  const auto left = days < 1    ? std::string("within a day")
                    : days == 1 ? std::string("in 1 day")
                                : fmt::format("in {} days", days);
  return fmt::format("expires {}, {}", day_of(*notification.certificate_expires), left);
}

}  // namespace

std::string_view notification_kind_name(NotificationKind kind) noexcept {
  return kind_names[static_cast<std::size_t>(kind)];
}

std::string Notification::headline() const {
  if (routes.empty()) return what;
  // Those that have recovered are told of once all have.
  const auto firing = std::ranges::count_if(routes, &NotificationRoute::firing);
  const auto more = (firing > 0 ? static_cast<std::size_t>(firing) : routes.size()) - 1;
  auto first = fmt::format("{} on {}", what, routes.front().id);
  if (more > 0) first += fmt::format(" and {} more route{}", more, more == 1 ? "" : "s");
  if (dependents == 0) return first;
  return fmt::format("{}{} and {} route{} that depend{} on {}", first, more > 0 ? "," : "",
                     dependents, dependents == 1 ? "" : "s", dependents == 1 ? "s" : "",
                     more > 0 ? "them" : "it");
}

std::string day_of(Timestamp time) {
  return format_timestamp(time).substr(0, 10);
}

std::string Notification::share() const {
  if (of_certificate) return expiry(*this);
  if (!monitor.empty()) return monitor;
  if (probes == 0) return "no probes";
  const auto counts = fmt::format("{} of {} probe{}", failures, probes, probes == 1 ? "" : "s");
  const auto percent = 100.0 * static_cast<double>(failures) / static_cast<double>(probes);
  // Rounding never claims that all failed where one did not, nor that none did where one did.
  if (failures == probes || failures == 0) return fmt::format("{}, {:.0f} %", counts, percent);
  if (percent < 0.1) return fmt::format("{}, under 0.1 %", counts);
  if (percent < 9.95) return fmt::format("{}, {:.1f} %", counts, percent);
  return fmt::format("{}, {:.0f} %", counts, std::min(percent, 99.0));
}

std::string to_json_text(const Notification& notification) {
  json routes = json::array();
  for (const auto& route : notification.routes) routes.push_back(to_json(route));
  json object = {{"kind", notification_kind_name(notification.kind)},
                 {"incident", notification.incident},
                 {"sequence", notification.sequence},
                 {"incident_key", notification.incident_key},
                 {"rule", notification.rule},
                 {"severity", config::severity_name(notification.severity)},
                 {"what", notification.what},
                 {"gateway", notification.gateway},
                 {"routes", std::move(routes)},
                 {"since_us", to_number(notification.since)},
                 {"at_us", to_number(notification.at)},
                 {"resolved_us", nullptr},
                 {"reason", notification.reason},
                 {"of_certificate", notification.of_certificate},
                 {"monitor", notification.monitor},
                 {"probes", notification.probes},
                 {"failures", notification.failures},
                 {"dependents", notification.dependents},
                 {"regions_failing", notification.regions_failing},
                 {"regions_clean", notification.regions_clean},
                 {"evidence", notification.evidence},
                 {"diagnosis", notification.diagnosis},
                 {"fixer", notification.fixer},
                 {"link", notification.link}};
  if (!notification.acknowledged_by.empty()) {
    object["acknowledged_by"] = notification.acknowledged_by;
  }
  if (!notification.notes.empty()) object["notes"] = notification.notes;
  if (notification.resolved) object["resolved_us"] = to_number(*notification.resolved);
  if (notification.certificate_expires) {
    object["certificate_expires_us"] = to_number(*notification.certificate_expires);
  }
  // What a server sent may be no UTF-8; U+FFFD stands for such bytes.
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::expected<Notification, Error> notification_from_json(const std::string& text) {
  const auto object = json::parse(text, nullptr, false);
  if (object.is_discarded()) {
    return std::unexpected(Error{"a stored notification is not JSON"});
  }
  try {
    if (auto notification = read(object)) return *std::move(notification);
  } catch (const json::exception& failure) {
    return std::unexpected(
        Error{fmt::format("a stored notification cannot be read: {}", failure.what())});
  }
  return std::unexpected(Error{"a stored notification is of an unknown kind or severity"});
}

}  // namespace gatewatch::alerting
