#include "config/hold_reader.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "config/syntax.h"

namespace gatewatch::config {
namespace {

constexpr Duration longest_window = 31 * 24h;

void read_name(Section& section, std::string_view what, std::string& into) {
  if (!section.text("name", into)) {
    if (!section.has("name")) {
      section.mistakes().add(section.place(), fmt::format("the {} has no name", what));
    }
  } else if (const auto error = check_name(into)) {
    section.mistake("name", error->message);
  }
}

void read_globs(Section& section, std::string_view key, std::vector<std::string>& into,
                std::vector<PlacedText>* places) {
  auto globs = section.texts(key);
  if (!globs) return;
  if (globs->empty()) section.mistake(key, "names nothing: write [\"*\"] for all");
  for (const auto& glob : *globs) into.push_back(glob.text);
  if (places != nullptr) *places = *std::move(globs);
}

void read_routes(Section& section, ScopeDraft& draft, Scope& scope) {
  read_globs(section, "routes", scope.routes, &draft.routes);
  section.text_map("tags", scope.tags);
  draft.tags = section.place_of("tags");
}

// Nothing where `timezone` is absent; UTC, and a mistake noted, where it is wrong.
std::optional<TimeZone> read_zone(Section& section) {
  std::string name;
  if (!section.text("timezone", name)) {
    return section.has("timezone") ? std::optional<TimeZone>(TimeZone()) : std::nullopt;
  }
  auto zone = TimeZone::find(name);
  if (zone) return *std::move(zone);
  section.refuse("timezone", zone.error());
  return TimeZone();
}

std::optional<Moment> read_moment(Section& section, std::string_view key,
                                  const std::optional<TimeZone>& zone) {
  const auto* const value = section.take(key);
  if (value == nullptr) return std::nullopt;
  const auto* const text = std::get_if<std::string>(&value->data);
  const auto* const date = std::get_if<Date>(&value->data);
  if (text == nullptr && date == nullptr) {
    section.mistake(key, fmt::format("must be a time like \"2026-11-20T22:30:00Z\", not {}",
                                     value->type_name()));
    return std::nullopt;
  }
  const auto moment = parse_moment(text == nullptr ? date->text : *text, zone ? &*zone : nullptr);
  if (moment) return *moment;
  section.refuse(key, moment.error());
  return std::nullopt;
}

void check_order(Section& section, const std::optional<Moment>& starts,
                 const std::optional<Moment>& ends) {
  if (starts && ends && *ends <= *starts) section.mistake("ends", "is not after `starts`");
}

void read_times(Section& section, Maintenance& maintenance, const std::optional<TimeZone>& zone) {
  const auto starts = read_moment(section, "starts", zone);
  const auto ends = read_moment(section, "ends", zone);
  for (const auto* const key : {"starts", "ends"}) {
    if (section.has(key)) continue;
    section.mistake(key,
                    "is missing: a window needs `starts` and `ends`, or `calendar` and "
                    "`duration`");
  }
  check_order(section, starts, ends);
  if (starts && ends) maintenance.once = TimeSpan{*starts, *ends};
  if (section.take("duration") != nullptr) {
    section.mistake("duration", "goes with `calendar`: this window has `ends`");
  }
}

// Whether each window begins before the one before it is over, for more than a year of daily ones.
bool never_ends(const Maintenance& maintenance) {
  constexpr int looked_at = 400;
  auto start = maintenance.calendar->next(
      Moment(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)), maintenance.zone);
  for (int number = 0; start && number < looked_at; ++number) {
    const auto next =
        maintenance.calendar->next(*start + std::chrono::seconds(1), maintenance.zone);
    if (!next || *next - *start > maintenance.duration) return false;
    start = next;
  }
  return start.has_value();
}

void read_recurrence(Section& section, Maintenance& maintenance,
                     const std::optional<TimeZone>& zone) {
  std::string text;
  if (section.text("calendar", text)) {
    auto calendar = Calendar::parse(text);
    if (calendar) {
      maintenance.calendar = *std::move(calendar);
    } else {
      section.refuse("calendar", calendar.error());
    }
  }
  if (!zone) {
    section.mistake("timezone",
                    "is missing: say where `calendar` is read, like "
                    "\"Europe/Berlin\" or \"UTC\"");
  }
  section.duration("duration", maintenance.duration, 1s, longest_window);
  if (!section.has("duration")) {
    section.mistake("duration", "is missing: say how long each window lasts, like \"2h\"");
  } else if (maintenance.calendar && maintenance.duration > 0ms && never_ends(maintenance)) {
    section.mistake("duration",
                    "is as long as from one window to the next, so that it never ends: make it "
                    "shorter, or write a [[silence]] without an end");
  }
  for (const auto* const key : {"starts", "ends"}) {
    if (section.take(key) == nullptr) continue;
    section.mistake(key, "is of a window that comes once: this one has `calendar`");
  }
}

}  // namespace

SilenceDraft read_silence(Section& section) {
  SilenceDraft draft;
  auto& silence = draft.silence;
  draft.scope.place = section.place_of("name");
  read_name(section, "silence", silence.name);
  read_routes(section, draft.scope, silence.scope);
  read_globs(section, "rules", silence.scope.rules, &draft.rules);
  read_globs(section, "regions", silence.scope.regions, nullptr);
  const bool is_open = !section.has("routes") && !section.has("tags") && !section.has("rules") &&
                       !section.has("regions");
  if (is_open) {
    section.mistakes().add(section.place(),
                           "the silence does not say of what: give it routes, tags, rules or "
                           "regions; routes = [\"*\"] is everything");
  }
  const auto zone = read_zone(section);
  silence.starts = read_moment(section, "starts", zone);
  silence.ends = read_moment(section, "ends", zone);
  check_order(section, silence.starts, silence.ends);
  section.text("comment", silence.comment);
  section.finish();
  return draft;
}

MaintenanceDraft read_maintenance(Section& section) {
  MaintenanceDraft draft;
  auto& maintenance = draft.maintenance;
  draft.scope.place = section.place_of("name");
  read_name(section, "maintenance window", maintenance.name);
  read_routes(section, draft.scope, maintenance.scope);
  if (!section.has("routes") && !section.has("tags")) {
    section.mistakes().add(section.place(),
                           "the maintenance window does not say of what: give it routes or tags; "
                           "routes = [\"*\"] is everything");
  }
  const auto zone = read_zone(section);
  maintenance.zone = zone.value_or(TimeZone());
  if (section.take("calendar") != nullptr) {
    read_recurrence(section, maintenance, zone);
  } else {
    read_times(section, maintenance, zone);
  }
  section.finish();
  return draft;
}

}  // namespace gatewatch::config
