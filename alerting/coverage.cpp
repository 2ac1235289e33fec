#include "alerting/coverage.h"

#include <algorithm>
#include <utility>

#include "config/firing.h"

namespace gatewatch::alerting {
namespace {

// Whether both ask the same of the same server, so that results of one speak for the other.
bool same_probe(const config::Route& before, const config::Route& now) {
  auto aligned = before;
  aligned.interval = now.interval;
  aligned.confirm = now.confirm;
  aligned.regions = now.regions;
  aligned.origin = now.origin;
  aligned.runbook = now.runbook;
  aligned.tags = now.tags;
  aligned.is_public = now.is_public;
  return aligned == now;
}

bool same_view(const Watched& before, const Watched& now) {
  return before.rule().match == now.rule().match && before.watch.window() == now.watch.window();
}

}  // namespace

Coverage::Coverage(std::shared_ptr<const config::Config> config) : config_(std::move(config)) {
  std::vector<Cause> causes;
  thresholds_.reserve(config_->rules.size());
  for (const auto& rule : config_->rules) {
    thresholds_.emplace_back(rule);
    causes.push_back(cause_of(rule));
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
                             .watch = Watch(config::window_for(rule, route)),
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

void Coverage::take_over(Coverage& before) {
  for (auto& [id, row] : rows_) {
    const auto* const old_route = before.route(id);
    if (old_route == nullptr || !same_probe(*old_route, *row.route)) continue;
    for (auto& watched : row.watched) {
      auto* const old = before.find(watched.rule().name, id);
      if (old == nullptr || !same_view(*old, watched)) continue;
      watched.watch = std::move(old->watch);
      watched.failures = std::move(old->failures);
      watched.incident = std::exchange(old->incident, nullptr);
      watched.counts = old->counts;
    }
  }
}

}  // namespace gatewatch::alerting
