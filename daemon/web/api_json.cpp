#include "daemon/web/api_json.h"

#include <nlohmann/json.hpp>

#include "probes/result_json.h"

namespace gatewatch::daemon::web {
namespace {

using nlohmann::json;

json time_json(std::optional<Timestamp> time) {
  return time ? json(format_timestamp(*time)) : json();
}

json incident_route_json(const storage::IncidentRoute& route) {
  return {{"route", clean_utf8(route.route)}, {"since", format_timestamp(route.since)},
          {"firing", route.firing},           {"probes", route.probes},
          {"failures", route.failures},       {"regions", route.regions}};
}

json event_json(const storage::IncidentEvent& event) {
  return {{"sequence", event.sequence},
          {"at", format_timestamp(event.at)},
          {"kind", clean_utf8(event.kind)},
          {"text", clean_utf8(event.text)}};
}

// Its text is left out: it quotes more than people need here, and channels have their own.
json delivery_json(const storage::DeliveryRecord& delivery) {
  return {{"channel", clean_utf8(delivery.channel)},
          {"sequence", delivery.sequence},
          {"state", storage::delivery_state_name(delivery.state)},
          {"attempts", delivery.attempts},
          {"created", format_timestamp(delivery.created)},
          {"finished", time_json(delivery.finished)},
          {"last_error", clean_utf8(delivery.last_error)}};
}

template <typename Records, typename Render>
json array_of(const Records& records, Render render) {
  json array = json::array();
  for (const auto& record : records) {
    array.push_back(render(record));
  }
  return array;
}

json texts_json(const std::vector<std::string>& texts) {
  return array_of(texts, [](const std::string& text) { return clean_utf8(text); });
}

json tags_json(const config::Tags& tags) {
  json object = json::object();
  for (const auto& [key, value] : tags) object[clean_utf8(key)] = clean_utf8(value);
  return object;
}

json scope_json(const config::Scope& scope) {
  return {{"routes", texts_json(scope.routes)},
          {"tags", tags_json(scope.tags)},
          {"rules", texts_json(scope.rules)},
          {"regions", texts_json(scope.regions)}};
}

void add_times(json& object, std::optional<Timestamp> starts, std::optional<Timestamp> ends,
               Timestamp now) {
  object["starts"] = time_json(starts);
  object["ends"] = time_json(ends);
  object["state"] = ends && *ends <= now ? "over" : starts && *starts > now ? "pending" : "active";
}

}  // namespace

json route_json(const config::Route& route, const std::vector<Result>& last_results,
                std::optional<Timestamp> next_due) {
  return {{"id", route.id()},
          {"group", route.group},
          {"name", route.name},
          {"url", route.url.text_without_query()},
          {"method", route.method},
          {"interval_seconds", std::chrono::duration<double>(route.interval).count()},
          {"timeout_seconds", std::chrono::duration<double>(route.timeout).count()},
          {"regions", route.regions},
          {"runbook", route.runbook},
          {"tags", route.tags},
          {"public", route.is_public},
          {"next_due", time_json(next_due)},
          {"last_results",
           array_of(last_results, [](const Result& result) { return to_json(result); })}};
}

json incident_json(const storage::IncidentHistory& history) {
  const storage::IncidentRecord& incident = history.incident;
  return {{"id", incident.id},
          {"rule", clean_utf8(incident.rule)},
          {"gateway", clean_utf8(incident.gateway)},
          {"severity", clean_utf8(incident.severity)},
          {"state", storage::incident_state_name(incident.state)},
          {"since", format_timestamp(incident.since)},
          {"opened", format_timestamp(incident.opened)},
          {"resolved", time_json(incident.resolved)},
          {"acknowledged", time_json(incident.acknowledged)},
          {"acknowledged_by", clean_utf8(incident.acknowledged_by)},
          {"held_by", clean_utf8(incident.held_by)},
          {"routes", array_of(incident.routes, incident_route_json)},
          {"events", array_of(history.events, event_json)},
          {"deliveries", array_of(history.deliveries, delivery_json)}};
}

json silence_json(const storage::SilenceRecord& silence, Timestamp now) {
  auto object = scope_json({.routes = silence.routes,
                            .tags = silence.tags,
                            .rules = silence.rules,
                            .regions = silence.regions});
  add_times(object, silence.starts, silence.ends, now);
  object["id"] = silence.id;
  object["author"] = clean_utf8(silence.author);
  object["comment"] = clean_utf8(silence.comment);
  object["created"] = format_timestamp(silence.created);
  return object;
}

json silence_json(const config::Silence& silence, Timestamp now) {
  auto object = scope_json(silence.scope);
  add_times(object, silence.starts, silence.ends, now);
  object["name"] = clean_utf8(silence.name);
  object["comment"] = clean_utf8(silence.comment);
  return object;
}

json maintenance_json(const config::Maintenance& maintenance, Timestamp now) {
  const auto window = maintenance.window(std::chrono::floor<std::chrono::seconds>(now));
  json object = {{"name", clean_utf8(maintenance.name)},
                 {"routes", texts_json(maintenance.scope.routes)},
                 {"tags", tags_json(maintenance.scope.tags)},
                 {"calendar", maintenance.calendar ? json(maintenance.calendar->text()) : json()},
                 {"timezone", maintenance.zone.name()}};
  if (window) {
    add_times(object, window->starts, window->ends, now);
  } else {
    object.update({{"starts", nullptr}, {"ends", nullptr}, {"state", "over"}});
  }
  return object;
}

json region_json(const RegionReport& region) {
  return {{"name", clean_utf8(region.name)},       {"blind", region.is_blind},
          {"unseen_routes", region.unseen_routes}, {"since", time_json(region.since)},
          {"detail", clean_utf8(region.detail)},   {"vantage_results", region.own_faults}};
}

json change_json(const storage::ChangeRecord& change) {
  return {{"id", change.id},
          {"at", format_timestamp(change.at)},
          {"text", clean_utf8(change.text)},
          {"routes", array_of(change.routes, [](const auto& glob) { return clean_utf8(glob); })},
          {"link", clean_utf8(change.link)},
          {"author", clean_utf8(change.author)}};
}

json health_json(const std::vector<HealthCheck>& checks, bool is_ok) {
  return {{"ok", is_ok}, {"checks", array_of(checks, [](const HealthCheck& check) {
                            return json{{"name", check.name},
                                        {"ok", check.ok},
                                        {"needed", check.needed_for_ready},
                                        {"detail", clean_utf8(check.detail)}};
                          })}};
}

WebResponse json_response(const json& body, int status) {
  // Whatever was not cleaned above is replaced here: dump() of bad UTF-8 would throw.
  return {.status = status,
          .body = body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n",
          .headers = {}};
}

}  // namespace gatewatch::daemon::web
