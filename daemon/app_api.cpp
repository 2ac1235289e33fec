// What App tells its web server, and what that hands on to it.

#include <utility>

#include "daemon/app.h"
#include "daemon/health.h"
#include "daemon/route_families.h"
#include "daemon/scrape.h"
#include "daemon/version.h"
#include "daemon/web/store_questions.h"

namespace gatewatch::daemon {
namespace {

using namespace std::chrono_literals;

constexpr auto answer_limit = 2s;  // for what an answer waits to be written

}  // namespace

OwnState App::own_state() const {
  OwnState state;
  state.probe_threads = pool_->statistics();
  state.main_longest_turn = own_turns_;
  state.recorder = recorder_->statistics();
  state.channels = outbox_->statistics();
  for (const auto severity :
       {config::Severity::Info, config::Severity::Warning, config::Severity::Critical}) {
    state.open_incidents[std::string(config::severity_name(severity))] =
        desk_->open_incidents(severity);
  }
  state.held_incidents = desk_->held_incidents();
  state.region = pipeline_->region();
  state.routes_overdue = pipeline_->overdue();
  state.clock_jumps = clock_jumps_;
  state.lost_results = lost_results_;
  state.lost_histories = lost_histories_;
  state.last_reload_successful = reload_successful_;
  state.last_reload_success = reloaded_;
  state.started = anchor_.wall;
  state.version = version();
  return state;
}

web::ApiSources App::api_sources() {
  return {.config = [this] { return config_; },
          .now = [this] { return network_->clock().wall_now(); },
          .last_results = [this](const std::string& route) { return last_results(route); },
          .next_due = [this](const config::Route& route) { return next_due(route); },
          .regions = [this] { return regions(); },
          .metrics = [this] { return scrape(); },
          .health = [this] { return health_checks(own_state(), network_->clock().now()); },
          .reload = [this](auto done) { reload(std::move(done)); },
          .acknowledge = [this](std::int64_t incident,
                                const auto& given) { return acknowledge(incident, given); },
          .add_change = [this](const auto& change) { return add_change(change); },
          .add_silence = [this](const auto& silence) { return silences_.add(silence); },
          .end_silence = [this](std::int64_t id) { return silences_.end(id); },
          .flush = [this] { return recorder_->flush_essentials(answer_limit); },
          .ask =
              [this](web::StoreQuestion question, auto done) {
                return web::ask_through(*reader_, *control_)(std::move(question), std::move(done));
              }};
}

bool App::acknowledge(std::int64_t incident, const alerting::Acknowledgement& acknowledgement) {
  auto steps = desk_->acknowledge(incident, acknowledgement, network_->clock().wall_now());
  const bool is_open = !steps.empty();
  pipeline_->submit(std::move(steps));
  return is_open;
}

std::int64_t App::add_change(storage::ChangeRecord change) {
  change.id = ++last_change_;
  recorder_->submit(std::move(change));
  return last_change_;
}

std::vector<web::RegionReport> App::regions() const {
  const auto state = pipeline_->region();
  web::RegionReport report{.name = state.region,
                           .is_blind = state.is_blind,
                           .unseen_routes = state.unseen_routes,
                           .since = {},
                           .detail = state.detail,
                           .own_faults = state.own_faults};
  if (state.since) {
    const auto age = network_->clock().now() - *state.since;
    report.since =
        network_->clock().wall_now() - std::chrono::duration_cast<std::chrono::microseconds>(age);
  }
  return {report};
}

web::WebPieces App::scrape() const {
  auto families = own_families(own_state());
  families.push_back(phase_family(pipeline_->live().phases()));
  return [scrape = std::make_shared<Scrape>(pipeline_->live().list(), std::move(families))] {
    return scrape->next();
  };
}

std::vector<Result> App::last_results(const std::string& route) const {
  const auto* const live = pipeline_->live().find(route);
  return live == nullptr ? std::vector<Result>() : live->last_results();
}

std::optional<Timestamp> App::next_due(const config::Route& route) const {
  if (!route.probed_from(config_->daemon.region)) return std::nullopt;
  const Schedule schedule(anchor_, route.interval, schedule_phase(route.id(), route.interval));
  const auto now = network_->clock().now();
  const auto wait = schedule.due(schedule.first_turn(now)) - now;
  return network_->clock().wall_now() + std::chrono::duration_cast<std::chrono::microseconds>(wait);
}

}  // namespace gatewatch::daemon
