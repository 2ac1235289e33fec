#include "storage/sqlite/incident_table.h"

#include <limits>
#include <utility>

#include "storage/sqlite/json_column.h"

namespace gatewatch::storage::sqlite {

namespace {

constexpr auto add_event_sql =
    "INSERT INTO incident_event (incident, sequence, at_us, kind, text) "
    "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING RETURNING sequence";
constexpr auto put_incident_sql =
    "INSERT INTO incident (id, rule, gateway, severity, state, since_us, opened_us, resolved_us, "
    "last_event, acknowledged_us, acknowledged_by, held_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
    "?8, "
    "?9, ?10, ?11, ?12) ON CONFLICT (id) DO UPDATE SET "
    "rule = ?2, gateway = ?3, severity = ?4, state = ?5, since_us = ?6, opened_us = ?7, "
    "resolved_us = ?8, last_event = ?9, acknowledged_us = ?10, acknowledged_by = ?11, "
    "held_by = ?12";
constexpr auto add_route_sql =
    "INSERT INTO incident_route (incident, position, route, since_us, firing, probes, failures, "
    "regions) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
constexpr auto put_delivery_sql =
    "INSERT INTO delivery (key, incident, sequence, channel, notification, state, attempts, "
    "created_us, next_attempt_us, finished_us, last_error) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
    "?8, ?9, ?10, ?11) ON CONFLICT (key) DO UPDATE SET state = ?6, attempts = ?7, "
    "next_attempt_us = ?9, finished_us = ?10, last_error = ?11";

constexpr auto incidents_sql =
    "SELECT id, rule, gateway, severity, state, since_us, opened_us, resolved_us, last_event, "
    "acknowledged_us, acknowledged_by, held_by FROM incidents WHERE id BETWEEN ?1 AND ?2 AND (NOT "
    "?3 OR state = 'open') "
    "ORDER BY id DESC LIMIT ?4";
constexpr auto routes_sql =
    "SELECT route, since_us, firing, probes, failures, regions FROM incident_routes "
    "WHERE incident = ?1 ORDER BY position";
constexpr auto events_sql =
    "SELECT incident, sequence, at_us, kind, text FROM incident_events "
    "WHERE incident = ?1 ORDER BY sequence";
constexpr auto deliveries_sql =
    "SELECT key, incident, sequence, channel, notification, state, attempts, created_us, "
    "next_attempt_us, finished_us, last_error FROM deliveries WHERE incident = ?1 ORDER BY id";
constexpr auto pending_sql =
    "SELECT key, incident, sequence, channel, notification, state, attempts, created_us, "
    "next_attempt_us, finished_us, last_error FROM deliveries WHERE state = 'pending' ORDER BY id";

IncidentRecord read_incident(Row& row) {
  IncidentRecord incident;
  incident.id = row.integer();
  incident.rule = row.text();
  incident.gateway = row.text();
  incident.severity = row.text();
  incident.state = row.text() == incident_state_name(IncidentState::Open) ? IncidentState::Open
                                                                          : IncidentState::Resolved;
  incident.since = row.time();
  incident.opened = row.time();
  incident.resolved = row.maybe_time();
  incident.last_event = row.integer();
  incident.acknowledged = row.maybe_time();
  incident.acknowledged_by = row.text();
  incident.held_by = row.text();
  return incident;
}

IncidentRoute read_route(Row& row) {
  IncidentRoute route;
  route.route = row.text();
  route.since = row.time();
  route.firing = row.integer() != 0;
  route.probes = row.count();
  route.failures = row.count();
  route.regions = read_list(row.text());
  return route;
}

IncidentEvent read_event(Row& row) {
  IncidentEvent event;
  event.incident = row.integer();
  event.sequence = row.integer();
  event.at = row.time();
  event.kind = row.text();
  event.text = row.text();
  return event;
}

DeliveryState delivery_state_named(std::string_view name) {
  for (const auto state : {DeliveryState::Pending, DeliveryState::Delivered}) {
    if (delivery_state_name(state) == name) return state;
  }
  return DeliveryState::Failed;  // the table admits no fourth
}

DeliveryRecord read_delivery(Row& row) {
  DeliveryRecord delivery;
  delivery.key = row.text();
  delivery.incident = row.integer();
  delivery.sequence = row.integer();
  delivery.channel = row.text();
  delivery.notification = row.text();
  delivery.state = delivery_state_named(row.text());
  delivery.attempts = static_cast<int>(row.integer());
  delivery.created = row.time();
  delivery.next_attempt = row.time();
  delivery.finished = row.maybe_time();
  delivery.last_error = row.text();
  return delivery;
}

// What `read` makes of each row.
template <typename Record, typename... Values>
std::expected<std::vector<Record>, Failure> collect(Statement& statement, Record (*read)(Row&),
                                                    const Values&... values) {
  std::vector<Record> records;
  const auto append = [&records, read](Row& row) {
    records.push_back(read(row));
    return true;
  };
  auto done = for_each_row(statement, append, values...);
  if (!done) return std::unexpected(std::move(done.error()));
  return records;
}

// Moves the records to `destination`, or passes the failure on.
template <typename Record>
std::expected<void, Failure> take(std::vector<Record>& destination,
                                  std::expected<std::vector<Record>, Failure> records) {
  if (!records) return std::unexpected(std::move(records.error()));
  destination = std::move(*records);
  return {};
}

}  // namespace

IncidentTable::IncidentTable(Database& database)
    : database_(database),
      add_event_(database, add_event_sql),
      put_incident_(database, put_incident_sql),
      remove_routes_(database, "DELETE FROM incident_route WHERE incident = ?1"),
      add_route_(database, add_route_sql),
      put_delivery_(database, put_delivery_sql),
      incidents_(database, incidents_sql),
      routes_(database, routes_sql),
      events_(database, events_sql),
      deliveries_(database, deliveries_sql),
      pending_(database, pending_sql) {}

std::expected<void, Failure> IncidentTable::add(const IncidentStep& step) {
  const auto& event = step.event;
  bool is_new = false;
  const auto see = [&is_new](Row&) { return is_new = true; };
  auto done = for_each_row(add_event_, see, step.incident.id, event.sequence, event.at, event.kind,
                           event.text);
  if (!done || !is_new) return done;
  done = put(step.incident);
  for (auto delivery = step.deliveries.begin(); done && delivery != step.deliveries.end();
       ++delivery) {
    done = put(*delivery);
  }
  return done;
}

std::expected<void, Failure> IncidentTable::put(const IncidentRecord& incident) {
  auto done = put_incident_
                  .bind(incident.id, incident.rule, incident.gateway, incident.severity,
                        incident_state_name(incident.state), incident.since, incident.opened,
                        incident.resolved, incident.last_event, incident.acknowledged,
                        incident.acknowledged_by, incident.held_by)
                  .run();
  if (done) done = remove_routes_.bind(incident.id).run();
  for (std::size_t position = 0; done && position < incident.routes.size(); ++position) {
    const auto& route = incident.routes[position];
    done = add_route_
               .bind(incident.id, position, route.route, route.since, route.firing, route.probes,
                     route.failures, list_text(route.regions))
               .run();
  }
  return done;
}

std::expected<void, Failure> IncidentTable::put(const DeliveryRecord& delivery) {
  return put_delivery_
      .bind(delivery.key, delivery.incident, delivery.sequence, delivery.channel,
            delivery.notification, delivery_state_name(delivery.state), delivery.attempts,
            delivery.created, delivery.next_attempt, delivery.finished, delivery.last_error)
      .run();
}

std::expected<std::vector<IncidentHistory>, Failure> IncidentTable::find(
    const IncidentQuery& query) {
  const auto lowest = query.id.value_or(0);
  const auto highest = query.id.value_or(std::numeric_limits<std::int64_t>::max());
  auto incidents =
      collect(incidents_, read_incident, lowest, highest, query.open_only, query.limit);
  if (!incidents) return std::unexpected(std::move(incidents.error()));
  std::vector<IncidentHistory> histories;
  for (auto& incident : *incidents) {
    auto& history = histories.emplace_back();
    history.incident = std::move(incident);
    if (auto done = complete(history); !done) return std::unexpected(std::move(done.error()));
  }
  return histories;
}

std::expected<void, Failure> IncidentTable::complete(IncidentHistory& history) {
  const auto id = history.incident.id;
  auto done = take(history.incident.routes, collect(routes_, read_route, id));
  if (done) done = take(history.events, collect(events_, read_event, id));
  if (done) done = take(history.deliveries, collect(deliveries_, read_delivery, id));
  return done;
}

std::expected<std::vector<DeliveryRecord>, Failure> IncidentTable::pending() {
  return collect(pending_, read_delivery);
}

std::expected<std::int64_t, Failure> IncidentTable::last_id() {
  // A file that was damaged may have lost an incident, and what was told of it be there.
  return database_.number(
      "SELECT max(coalesce((SELECT max(id) FROM incident), 0), "
      "coalesce((SELECT max(incident) FROM delivery), 0))");
}

}  // namespace gatewatch::storage::sqlite
