#include "daemon/web/api.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/web/api_json.h"
#include "daemon/web/api_parameters.h"
#include "daemon/web/pages.h"
#include "daemon/web/results_page.h"
#include "daemon/web/rollups_page.h"

namespace gatewatch::daemon::web {
namespace {

using nlohmann::json;

WebResponse storage_error(const Error& error) {
  return error_response(500, error.message);
}

WebResponse incidents_page(storage::Store& store, const storage::IncidentQuery& query) {
  const auto found = store.incidents(query);
  if (!found) {
    return storage_error(found.error());
  }
  json list = json::array();
  for (const auto& history : *found) {
    list.push_back(incident_json(history));
  }
  return json_response({{"incidents", std::move(list)}});
}

WebResponse changes_page(storage::Store& store, const storage::TimeQuery& query) {
  const auto found = store.changes(query);
  if (!found) {
    return storage_error(found.error());
  }
  json list = json::array();
  for (const auto& change : *found) {
    list.push_back(change_json(change));
  }
  return json_response({{"changes", std::move(list)}});
}

WebResponse incident_as_json(const config::Config& /*config*/,
                             const storage::IncidentHistory& history) {
  return json_response(incident_json(history));
}

WebResponse silences_page(storage::Store& store, const storage::TimeQuery& query,
                          const config::Config& config, Timestamp now) {
  const auto found = store.silences(query);
  if (!found) {
    return storage_error(found.error());
  }
  json made = json::array();
  for (const auto& silence : *found) {
    made.push_back(silence_json(silence, now));
  }
  json configured = json::array();
  for (const auto& silence : config.silences) {
    configured.push_back(silence_json(silence, now));
  }
  json windows = json::array();
  for (const auto& maintenance : config.maintenances) {
    windows.push_back(maintenance_json(maintenance, now));
  }
  return json_response({{"silences", std::move(made)},
                        {"configured", std::move(configured)},
                        {"maintenance", std::move(windows)}});
}

}  // namespace

void Api::ask(StoreQuestion question, const WebReply& reply) const {
  if (!sources_.ask(std::move(question), reply)) {
    reply(error_response(503, "Too many questions wait for the storage; ask again later."));
  }
}

void Api::index(const WebRequest& /*request*/, const WebReply& reply) const {
  ask(
      [config = sources_.config()](storage::Store& store) {
        const auto found = store.incidents({.open_only = true, .id = {}, .limit = max_incidents});
        return found ? index_page(*config, *found) : storage_error(found.error());
      },
      reply);
}

void Api::answer_incident(const WebRequest& request, const WebReply& reply,
                          RenderIncident render) const {
  ask(
      [config = sources_.config(), id = request.id, render](storage::Store& store) {
        const auto found = store.incidents({.open_only = false, .id = id, .limit = 1});
        if (!found) {
          return storage_error(found.error());
        }
        return found->empty() ? error_response(404, "There is no such incident.")
                              : render(*config, found->front());
      },
      reply);
}

void Api::incident_page(const WebRequest& request, const WebReply& reply) const {
  answer_incident(request, reply, &web::incident_page);
}

void Api::incident(const WebRequest& request, const WebReply& reply) const {
  answer_incident(request, reply, &incident_as_json);
}

void Api::metrics(const WebRequest& /*request*/, const WebReply& reply) const {
  reply({.content_type = "text/plain; version=0.0.4; charset=utf-8",
         .body = {},
         .headers = {},
         .pieces = sources_.metrics()});
}

void Api::health(const WebRequest& /*request*/, const WebReply& reply) const {
  const auto checks = sources_.health();
  const bool is_ok = std::ranges::all_of(checks, &HealthCheck::ok);
  reply(json_response(health_json(checks, is_ok), is_ok ? 200 : 503));
}

void Api::readiness(const WebRequest& /*request*/, const WebReply& reply) const {
  const auto checks = sources_.health();
  const bool is_ready = std::ranges::all_of(
      checks, [](const HealthCheck& check) { return check.ok || !check.needed_for_ready; });
  reply(json_response(health_json(checks, is_ready), is_ready ? 200 : 503));
}

void Api::routes(const WebRequest& request, const WebReply& reply) const {
  if (const auto read = read_no_parameters(request.query); !read) {
    return reply(error_response(400, read.error().message));
  }
  json list = json::array();
  for (const config::Route& route : sources_.config()->routes) {
    list.push_back(route_json(route, sources_.last_results(route.id()), sources_.next_due(route)));
  }
  reply(json_response({{"routes", std::move(list)}}));
}

void Api::regions(const WebRequest& request, const WebReply& reply) const {
  if (const auto read = read_no_parameters(request.query); !read) {
    return reply(error_response(400, read.error().message));
  }
  json list = json::array();
  for (const RegionReport& region : sources_.regions()) {
    list.push_back(region_json(region));
  }
  reply(json_response({{"regions", std::move(list)}}));
}

void Api::answer_results(const WebRequest& request, const WebReply& reply,
                         RenderResults render) const {
  const auto query = read_result_query(request.query);
  if (!query) {
    return reply(error_response(400, query.error().message));
  }
  ask([query = *query, render](storage::Store& store) { return render(store, query); }, reply);
}

void Api::results(const WebRequest& request, const WebReply& reply) const {
  answer_results(request, reply, &results_page);
}

void Api::evidence(const WebRequest& request, const WebReply& reply) const {
  answer_results(request, reply, &evidence_page);
}

void Api::rollups(const WebRequest& request, const WebReply& reply) const {
  const auto query = read_rollup_query(request.query, sources_.now());
  if (!query) {
    return reply(error_response(400, query.error().message));
  }
  ask([query = *query](storage::Store& store) { return rollups_page(store, query); }, reply);
}

void Api::uptime(const WebRequest& request, const WebReply& reply) const {
  const auto query = read_history_query(request.query, sources_.now());
  if (!query) {
    return reply(error_response(400, query.error().message));
  }
  ask([query = *query](storage::Store& store) { return uptime_page(store, query); }, reply);
}

void Api::incidents(const WebRequest& request, const WebReply& reply) const {
  const auto query = read_incident_query(request.query);
  if (!query) {
    return reply(error_response(400, query.error().message));
  }
  ask([query = *query](storage::Store& store) { return incidents_page(store, query); }, reply);
}

void Api::changes(const WebRequest& request, const WebReply& reply) const {
  const auto query = read_change_query(request.query);
  if (!query) {
    return reply(error_response(400, query.error().message));
  }
  ask([query = *query](storage::Store& store) { return changes_page(store, query); }, reply);
}

void Api::silences(const WebRequest& request, const WebReply& reply) const {
  const auto query = read_change_query(request.query);
  if (!query) {
    return reply(error_response(400, query.error().message));
  }
  ask([query = *query, config = sources_.config(), now = sources_.now()](
          storage::Store& store) { return silences_page(store, query, *config, now); },
      reply);
}

void Api::reload(const WebRequest& /*request*/, const WebReply& reply) const {
  sources_.reload([reply](const ReloadAnswer& answer) {
    if (!answer.obstacle.empty()) {
      return reply(error_response(503, "Nothing was reloaded: " + answer.obstacle));
    }
    if (answer.mistakes.empty()) {
      return reply(json_response({{"reloaded", true}}));
    }
    reply(json_response({{"error", "The new configuration is refused; the old one goes on."},
                         {"mistakes", answer.mistakes}},
                        422));
  });
}

}  // namespace gatewatch::daemon::web
