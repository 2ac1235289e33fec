// An Api over a store in memory, with every source in the test's hands.

#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "daemon/web/api.h"
#include "daemon/web/web_application.h"
#include "tests/fakes/memory_store.h"

namespace gatewatch::tests {

inline Timestamp at_second(std::int64_t second) {
  return Timestamp(std::chrono::seconds(1'790'000'000 + second));
}

struct WebFixture {
  WebFixture() : api(sources()) {
    config->daemon.listen.endpoint = *Endpoint::parse("127.0.0.1:9502");
  }
  WebFixture(const WebFixture&) = delete;
  WebFixture& operator=(const WebFixture&) = delete;

  daemon::web::ApiSources sources() {
    using namespace daemon::web;
    return {.config = [this] { return config; },
            .now = [this] { return now; },
            .last_results = [this](const std::string& route) { return last_results[route]; },
            .next_due = [this](const config::Route&) { return next_due; },
            .regions = [this] { return regions; },
            .metrics =
                [] {
                  return [pieces = std::deque<std::string>{"# TYPE gatewatch_up gauge\n",
                                                           "gatewatch_up 1\n", ""}]() mutable {
                    auto piece = std::move(pieces.front());
                    pieces.pop_front();
                    return piece;
                  };
                },
            .health = [this] { return checks; },
            .reload =
                [this](const std::function<void(const ReloadAnswer&)>& done) {
                  ++reloads;
                  done(reload_answer);
                },
            .acknowledge =
                [this](std::int64_t incident, const alerting::Acknowledgement& acknowledgement) {
                  acknowledged.emplace_back(incident, acknowledgement.by, acknowledgement.comment);
                  return is_incident_open;
                },
            .add_change =
                [this](const storage::ChangeRecord& change) {
                  auto stored = change;
                  stored.id = 7;
                  CHECK(store.write({.changes = {stored}}));
                  return stored.id;
                },
            .add_silence =
                [this](const storage::SilenceRecord& silence) {
                  auto stored = silence;
                  stored.id = 4;
                  CHECK(store.write({.silences = {stored}}));
                  return stored;
                },
            .end_silence = [this](std::int64_t /*id*/) { return ended; },
            .flush = [this] { return is_durable; },
            .ask =
                [this](StoreQuestion question, std::function<void(WebResponse)> done) {
                  if (!is_store_free) return false;
                  done(question(store));
                  return true;
                }};
  }

  // The answer to a request with `Host: localhost` and these headers.
  daemon::web::WebResponse request(
      std::string method, std::string target,
      const std::vector<std::pair<std::string, std::string>>& headers = {}, std::string body = {}) {
    net::Request request{.method = std::move(method),
                         .target = std::move(target),
                         .http_version = "1.1",
                         .headers = {},
                         .body = std::move(body)};
    bool has_host = false;
    for (const auto& [name, value] : headers) {
      has_host = has_host || name == "Host";
      request.headers.add(name, value);
    }
    if (!has_host) request.headers.add("Host", "localhost");
    std::optional<daemon::web::WebResponse> answer;
    daemon::web::answer_request(
        api, std::move(request),
        [&answer](daemon::web::WebResponse response) { answer = std::move(response); });
    if (answer.value().pieces) {
      for (auto piece = answer->pieces(); !piece.empty(); piece = answer->pieces()) {
        answer->body += piece;
      }
    }
    return *answer;
  }
  daemon::web::WebResponse get(std::string target) { return request("GET", std::move(target)); }

  // With the token, as JSON.
  daemon::web::WebResponse post(std::string target, std::string body) {
    config->daemon.token = config::Secret("s3cret");
    return request("POST", std::move(target),
                   {{"Authorization", "Bearer s3cret"}, {"Content-Type", "application/json"}},
                   std::move(body));
  }

  std::shared_ptr<config::Config> config = std::make_shared<config::Config>();
  MemoryStore store;
  Timestamp now = at_second(0);
  bool is_store_free = true;
  std::map<std::string, std::vector<Result>> last_results;
  std::optional<Timestamp> next_due;
  std::vector<daemon::web::HealthCheck> checks;
  std::vector<daemon::web::RegionReport> regions;
  daemon::web::ReloadAnswer reload_answer;
  int reloads = 0;
  std::vector<std::tuple<std::int64_t, std::string, std::string>> acknowledged;
  bool is_incident_open = true;
  std::optional<storage::SilenceRecord> ended;  // what ending a silence answers
  bool is_durable = true;
  daemon::web::Api api;
};

inline Result result_at(Timestamp started, std::string route = "shop/checkout") {
  Result result;
  result.started = started;
  result.route = std::move(route);
  result.region = "local";
  return result;
}

inline storage::IncidentStep incident_step(std::int64_t id, storage::IncidentState state) {
  storage::IncidentStep step;
  step.incident = {.id = id,
                   .rule = "bad-gateway",
                   .gateway = "https://shop.example.com:443",
                   .severity = "critical",
                   .state = state,
                   .since = at_second(0),
                   .opened = at_second(5),
                   .resolved = {},
                   .last_event = 1,
                   .routes = {{.route = "shop/checkout",
                               .since = at_second(0),
                               .firing = true,
                               .probes = 41,
                               .failures = 37,
                               .regions = {"eu", "us"}}}};
  step.event = {
      .incident = id, .sequence = 1, .at = at_second(5), .kind = "opened", .text = "It began."};
  return step;
}

}  // namespace gatewatch::tests
