#include "config/validate.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "config/firing.h"
#include "config/glob.h"
#include "config/nearest_key.h"

namespace gatewatch::config {
namespace {

class Names {
 public:
  Names(std::string_view kind, Mistakes& mistakes) : kind_(kind), mistakes_(mistakes) {}

  void add(const std::string& name, const Place& place) {
    if (name.empty()) return;
    const auto [first, is_new] = places_.emplace(name, place);
    if (is_new) return;
    mistakes_.add(place, fmt::format("the {} \"{}\" is given twice: first at {}", kind_, name,
                                     mistakes_.describe(first->second)));
  }

 private:
  std::string_view kind_;
  Mistakes& mistakes_;
  std::map<std::string, Place> places_;
};

void check_names(const Draft& draft, Mistakes& mistakes) {
  Names routes("route", mistakes);
  for (const auto& route : draft.routes) {
    if (!route.route.name.empty()) routes.add(route.route.id(), route.place);
  }
  Names rules("rule", mistakes);
  for (const auto& rule : draft.rules) rules.add(rule.rule.name, rule.place);
  Names channels("channel", mistakes);
  for (const auto& [channel, place] : draft.channels) channels.add(channel.name, place);
}

void check_routes_of(const RuleDraft& rule, const Draft& draft, Mistakes& mistakes) {
  std::vector<std::string> ids;
  for (const auto& route : draft.routes) ids.push_back(route.route.id());
  bool every_glob_matches = true;
  for (const auto& [glob, place] : rule.routes) {
    const auto& pattern = glob;
    if (std::ranges::any_of(ids, [&pattern](const auto& id) { return glob_matches(pattern, id); }))
      continue;
    every_glob_matches = false;
    mistakes.add(place,
                 fmt::format("routes: \"{}\" matches no route{}", glob, suggestion(glob, ids)));
  }
  const bool covers_any = std::ranges::any_of(
      draft.routes, [&rule](const RouteDraft& route) { return rule.rule.covers(route.route); });
  if (every_glob_matches && !covers_any && !rule.rule.tags.empty()) {
    mistakes.add(rule.tags, "tags: none of the rule's routes has all of them");
  }
}

void check_channels_of(const RuleDraft& rule, const Draft& draft, Mistakes& mistakes) {
  std::vector<std::string> names;
  for (const auto& channel : draft.channels) names.push_back(channel.channel.name);
  for (const auto& [name, place] : rule.notify) {
    if (std::ranges::find(names, name) != names.end()) continue;
    const auto near = suggestion(name, names);
    mistakes.add(place,
                 fmt::format("notify: there is no channel \"{}\"{}", name,
                             names.empty()  ? ", nor any other"
                             : near.empty() ? fmt::format("; there are: {}", fmt::join(names, ", "))
                                            : near));
  }
}

// `title`: what messages call the rule. `place`: where its window stands.
void check_firing(const std::string& title, const Rule& rule, const Place& place,
                  const Draft& draft, Mistakes& mistakes) {
  const FiringNeeds needs(rule);
  const auto needed = needs.results();
  if (!needed) {
    mistakes.add(place, fmt::format("{} cannot fire: no number of results shows a rate of {} % "
                                    "with a confidence of {} %",
                                    title, rule.rate * 100, rule.confidence * 100));
    return;
  }
  std::vector<const Route*> starved;
  for (const auto& route : draft.routes) {
    if (route.certain && rule.covers(route.route) && needs.results_given(route.route) < *needed) {
      starved.push_back(&route.route);
    }
  }
  if (starved.empty()) return;
  const auto& slowest = **std::ranges::max_element(starved, {}, &Route::interval);
  const auto others =
      starved.size() == 1 ? std::string() : fmt::format(" and {} more", starved.size() - 1);
  mistakes.add(
      place, fmt::format("{} cannot fire for route {}{}: it needs {} results within its window of "
                         "{} and gets {} from a probe every {} (and {} confirmations of a "
                         "failure); a window of {} would do",
                         title, slowest.id(), others, *needed, format_duration(rule.window),
                         needs.results_given(slowest), format_duration(slowest.interval),
                         slowest.confirm.times, format_duration(slowest.interval * *needed)));
}

void check_regions_of(const RuleDraft& rule, Mistakes& mistakes) {
  if (rule.rule.regions.kind != Quorum::Kind::Count || rule.rule.regions.count <= 1) return;
  mistakes.add(rule.regions, fmt::format("regions is {}, but there is one region, so the rule "
                                         "could never fire",
                                         rule.rule.regions.count));
}

// By id. Routes are large: their ids are sorted, and each route is moved once.
std::vector<Route> sorted_routes(std::vector<RouteDraft>& drafts) {
  std::vector<std::pair<std::string, RouteDraft*>> order;
  order.reserve(drafts.size());
  for (auto& draft : drafts) order.emplace_back(draft.route.id(), &draft);
  std::ranges::sort(order);
  std::vector<Route> routes;
  routes.reserve(drafts.size());  // no spare room: it is the largest part of a configuration
  for (const auto& [id, draft] : order) routes.push_back(std::move(draft->route));
  return routes;
}

}  // namespace

Config validate(Draft draft, Mistakes& mistakes) {
  check_names(draft, mistakes);
  for (const auto& rule : draft.rules) {
    // What a broken file would have added is not missing.
    if (draft.complete && !draft.routes.empty()) check_routes_of(rule, draft, mistakes);
    if (draft.complete) check_channels_of(rule, draft, mistakes);
    check_firing("the rule", rule.rule, rule.window, draft, mistakes);
    check_regions_of(rule, mistakes);
  }
  Config config;
  config.daemon = std::move(draft.daemon);
  config.storage = draft.storage;
  for (auto& channel : draft.channels) config.channels.push_back(std::move(channel.channel));
  for (auto& rule : draft.rules) {
    if (!rule.notify_written) {
      for (const auto& channel : config.channels) rule.rule.notify.push_back(channel.name);
    }
    config.rules.push_back(std::move(rule.rule));
  }
  if (draft.rules.empty() && draft.complete) {
    config.rules = built_in_rules(config.channels);
    for (const auto& rule : config.rules) {
      check_firing("the built-in rule " + rule.name, rule, Place{}, draft, mistakes);
    }
  }
  config.routes = sorted_routes(draft.routes);
  return config;
}

}  // namespace gatewatch::config
