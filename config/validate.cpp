#include "config/validate.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "config/dependence_check.h"
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
  for (const auto& draft_of : draft.channels) channels.add(draft_of.channel.name, draft_of.place);
  Names silences("silence", mistakes);
  for (const auto& silence : draft.silences)
    silences.add(silence.silence.name, silence.scope.place);
  Names windows("maintenance window", mistakes);
  for (const auto& window : draft.maintenances) {
    windows.add(window.maintenance.name, window.scope.place);
  }
}

// Whether each of `globs`, which stand under `key`, matches one of the names; `what` these are.
bool check_globs(std::string_view key, std::string_view what, const std::vector<PlacedText>& globs,
                 const std::vector<std::string>& names, Mistakes& mistakes) {
  bool every_glob_matches = true;
  for (const auto& [glob, place] : globs) {
    const auto& pattern = glob;
    if (std::ranges::any_of(names, [&](const auto& name) { return glob_matches(pattern, name); }))
      continue;
    every_glob_matches = false;
    mistakes.add(
        place, fmt::format("{}: \"{}\" matches no {}{}", key, glob, what, suggestion(glob, names)));
  }
  return every_glob_matches;
}

std::vector<std::string> route_ids(const Draft& draft) {
  std::vector<std::string> ids;
  for (const auto& route : draft.routes) ids.push_back(route.route.id());
  return ids;
}

// `globs` and `tags` together mean routes; `whose` they are. `place`: of the tags.
void check_routes(std::string_view whose, const std::vector<PlacedText>& globs, const Tags& tags,
                  const Place& place, const Draft& draft, Mistakes& mistakes) {
  if (!check_globs("routes", "route", globs, route_ids(draft), mistakes) || tags.empty()) return;
  std::vector<std::string> patterns;
  for (const auto& glob : globs) patterns.push_back(glob.text);
  const bool covers_any = std::ranges::any_of(draft.routes, [&](const RouteDraft& route) {
    return names_route(patterns, tags, route.route.id(), route.route.tags);
  });
  if (!covers_any)
    mistakes.add(place, fmt::format("tags: none of the {} routes has all of them", whose));
}

void check_holds(const Draft& draft, Mistakes& mistakes) {
  std::vector<std::string> rules;
  for (const auto& rule : draft.rules) rules.push_back(rule.rule.name);
  if (rules.empty()) {
    for (const auto& rule : built_in_rules({})) rules.push_back(rule.name);
  }
  rules.insert(rules.end(), own_rules.begin(), own_rules.end());
  for (const auto& [silence, scope, globs] : draft.silences) {
    check_routes("silence's", scope.routes, silence.scope.tags, scope.tags, draft, mistakes);
    check_globs("rules", "rule", globs, rules, mistakes);
  }
  for (const auto& [maintenance, scope] : draft.maintenances) {
    check_routes("window's", scope.routes, maintenance.scope.tags, scope.tags, draft, mistakes);
  }
}

// `key`: what names the channel.
void check_channel(std::string_view key, const PlacedText& named, const Draft& draft,
                   Mistakes& mistakes) {
  std::vector<std::string> names;
  for (const auto& channel : draft.channels) names.push_back(channel.channel.name);
  if (std::ranges::find(names, named.text) != names.end()) return;
  const auto near = suggestion(named.text, names);
  mistakes.add(named.place,
               fmt::format("{}: there is no channel \"{}\"{}", key, named.text,
                           names.empty()  ? ", nor any other"
                           : near.empty() ? fmt::format("; there are: {}", fmt::join(names, ", "))
                                          : near));
}

void check_channels_of(const RuleDraft& rule, const Draft& draft, Mistakes& mistakes) {
  for (const auto& named : rule.notify) check_channel("notify", named, draft, mistakes);
  for (const auto& named : rule.escalate) check_channel("escalate", named, draft, mistakes);
}

// What no channel takes must end somewhere.
void check_fallbacks(const Draft& draft, Mistakes& mistakes) {
  std::map<std::string, std::string> next;
  for (const auto& draft_of : draft.channels) {
    const auto& channel = draft_of.channel;
    if (!channel.fallback.empty()) next.emplace(channel.name, channel.fallback);
  }
  for (const auto& [channel, place, fallback] : draft.channels) {
    if (channel.fallback.empty()) continue;
    check_channel("fallback", {channel.fallback, fallback}, draft, mistakes);
    auto chain = fmt::format("{} → {}", channel.name, channel.fallback);
    auto at = channel.fallback;
    for (std::size_t steps = 0; at != channel.name && steps < next.size(); ++steps) {
      const auto found = next.find(at);
      if (found == next.end()) break;
      at = found->second;
      chain += " → " + at;
    }
    if (at != channel.name) continue;
    mistakes.add(fallback, fmt::format("fallback: {} goes round in a circle", chain));
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
  if (draft.complete) check_fallbacks(draft, mistakes);
  for (const auto& rule : draft.rules) {
    // What a broken file would have added is not missing.
    if (draft.complete && !draft.routes.empty()) {
      check_routes("rule's", rule.routes, rule.rule.tags, rule.tags, draft, mistakes);
    }
    if (draft.complete) check_channels_of(rule, draft, mistakes);
    check_firing("the rule", rule.rule, rule.window, draft, mistakes);
    check_regions_of(rule, mistakes);
  }
  if (draft.complete) {
    check_holds(draft, mistakes);
    check_dependence(draft, mistakes);
  }
  Config config;
  config.daemon = std::move(draft.daemon);
  config.storage = draft.storage;
  for (auto& channel : draft.channels) config.channels.push_back(std::move(channel.channel));
  for (auto& silence : draft.silences) config.silences.push_back(std::move(silence.silence));
  for (auto& window : draft.maintenances) {
    config.maintenances.push_back(std::move(window.maintenance));
  }
  for (auto& rule : draft.rules) {
    if (!rule.notify_written) {
      // Whom it tells later it does not tell at once.
      for (const auto& channel : config.channels) {
        const bool is_later = std::ranges::find(rule.escalate, channel.name, &PlacedText::text) !=
                              rule.escalate.end();
        if (!is_later) rule.rule.notify.push_back(channel.name);
      }
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
