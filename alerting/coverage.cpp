#include "alerting/coverage.h"

#include <algorithm>
#include <utility>

#include "config/firing.h"

namespace gatewatch::alerting {
namespace {

// Whether results of one speak for the other.
bool same_question(const config::Route& before, const config::Route& now) {
  return before.url == now.url && before.method == now.method && before.expect == now.expect;
}

bool same_view(const Watched& before, const Watched& now) {
  return before.rule().match == now.rule().match && before.watch.window() == now.watch.window();
}

// Whether what fired in one is to be ended by results of the other.
bool same_story(const Watched& before, const Watched& now) {
  return before.gateway == now.gateway && before.cause == now.cause &&
         now.rule().match.includes(before.rule().match);
}

}  // namespace

void count(Watched& watched, bool match) {
  auto& participant = watched.incident->participants.at(watched.route->id());
  ++participant.probes;
  participant.failures += match ? 1 : 0;
}

void note_regions(Watched& watched) {
  for (const auto& region : watched.watch.breaching_regions()) {
    add_region(*watched.incident, watched.route->id(), region);
  }
}

Coverage::Coverage(std::shared_ptr<const config::Config> config)
    : config_(std::move(config)), dependence_(config_->routes) {
  std::vector<Cause> causes;
  std::vector<config::FiringNeeds> needs;
  thresholds_.reserve(config_->rules.size());
  for (const auto& rule : config_->rules) {
    thresholds_.emplace_back(rule);
    causes.push_back(cause_of(rule));
    needs.emplace_back(rule);
  }
  for (const auto& route : config_->routes) {
    auto& row = rows_[route.id()];
    row.route = &route;
    for (std::size_t index = 0; index < thresholds_.size(); ++index) {
      const auto& rule = thresholds_[index].rule();
      if (!rule.covers(route)) continue;
      row.watched.push_back({.route = &route,
                             .threshold = &thresholds_[index],
                             .gateway = route.url.origin(),
                             .cause = causes[index],
                             .watch = Watch(needs[index].window_for(route)),
                             .failures = {}});
    }
  }
}

std::span<Watched> Coverage::of(const std::string& route) {
  const auto row = rows_.find(route);
  return row == rows_.end() ? std::span<Watched>() : std::span<Watched>(row->second.watched);
}

Watched* Coverage::find(const std::string& rule, const std::string& route) {
  for (auto& watched : of(route)) {
    if (watched.rule().name == rule) return &watched;
  }
  return nullptr;
}

const config::Route* Coverage::route(const std::string& id) const {
  const auto row = rows_.find(id);
  return row == rows_.end() ? nullptr : row->second.route;
}

std::vector<Watched*> Coverage::all() {
  std::vector<Watched*> everything;
  for (auto& [id, row] : rows_) {
    for (auto& watched : row.watched) everything.push_back(&watched);
  }
  return everything;
}

std::string Coverage::why_unwatched(const std::string& rule, const std::string& route,
                                    const std::string& gateway) const {
  const auto* const configured = this->route(route);
  if (configured == nullptr) return "the route was removed from the configuration";
  const auto found = std::ranges::find(config_->rules, rule, &config::Rule::name);
  if (found == config_->rules.end()) return "the rule was removed from the configuration";
  if (!found->covers(*configured)) return "the rule no longer covers the route";
  if (configured->url.origin() != gateway) return "the route was moved to another gateway";
  return "the rule no longer matches what failed";
}

void Coverage::take_over(Coverage& before) {
  for (auto& [id, row] : rows_) {
    const auto* const old_route = before.route(id);
    if (old_route == nullptr) continue;
    for (auto& watched : row.watched) {
      auto* const old = before.find(watched.rule().name, id);
      if (old == nullptr || !same_story(*old, watched)) continue;
      const bool firing = old->watch.firing();
      const bool same_results = same_question(*old_route, *row.route) && same_view(*old, watched);
      if (same_results) {
        watched.watch = std::move(old->watch);
      } else {
        watched.watch.set_firing(firing);
      }
      if (same_results || firing) watched.failures = std::move(old->failures);
      watched.incident = std::exchange(old->incident, nullptr);
      watched.counts = old->counts;
    }
  }
}

}  // namespace gatewatch::alerting
