#include "alerting/hold.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "alerting/elapsed.h"
#include "probes/text.h"

namespace gatewatch::alerting {
namespace {

constexpr std::size_t longest_comment = 60;  // bytes of it in a clause
constexpr std::size_t most_clauses = 3;
// What a route needs at least to be seen working again, besides its interval and timeout:
// confirmations.
constexpr auto recovery_slack = std::chrono::seconds(10);

bool lies_within(const std::optional<Timestamp>& starts, const std::optional<Timestamp>& ends,
                 Timestamp at) {
  return (!starts || *starts <= at) && (!ends || at < *ends);
}

// Clauses in the order in which they were first found, each once.
class Clauses {
 public:
  void add(std::string clause) {
    if (std::ranges::find(found_, clause) == found_.end()) found_.push_back(std::move(clause));
  }
  [[nodiscard]] std::string text() const {
    if (found_.size() <= most_clauses) return fmt::to_string(fmt::join(found_, ", "));
    return fmt::format("{} and {} more",
                       fmt::join(found_.begin(), found_.begin() + most_clauses, ", "),
                       found_.size() - most_clauses);
  }

 private:
  std::vector<std::string> found_;
};

bool is_of_outage(const Watched& watched) {
  return watched.cause == Cause::Outage;
}

// Whether people hear of it that the route fails, and it can be seen to stop.
bool fails(const std::string& route, Coverage& coverage) {
  const auto& region = coverage.config().daemon.region;
  return std::ranges::any_of(coverage.of(route), [&region](const Watched& watched) {
    return is_of_outage(watched) && watched.watch.firing() && watched.incident != nullptr &&
           !watched.incident->channels.empty() && watched.route->probed_from(region);
  });
}

// Whether `parent` may be about to fail too: it has begun to a moment ago, or nothing was heard of
// it since what depends on it failed, at `since`.
bool is_in_doubt(const std::string& parent, Timestamp since, Coverage& coverage, Timestamp now) {
  bool is_watched = false;
  bool was_heard = false;
  for (const auto& watched : coverage.of(parent)) {
    if (!is_of_outage(watched)) continue;
    const auto began = watched.watch.run_of_failures_since();
    if (began && !has_passed(*began, now, fold_time)) return true;
    is_watched = true;
    was_heard = was_heard || watched.watch.counts_since(since).samples > 0;
  }
  return is_watched && !was_heard && !has_passed(since, now, fold_time);
}

}  // namespace

std::string silence_clause(std::string_view name, std::string_view comment) {
  if (comment.empty()) return fmt::format("silence {}", name);
  return fmt::format("silence {} ({})", name, one_line(comment, longest_comment));
}

Holds::Holds(std::shared_ptr<const config::Config> config) {
  reconfigure(std::move(config));
}

void Holds::reconfigure(std::shared_ptr<const config::Config> config) {
  config_ = std::move(config);
  configured_.clear();
  for (const auto& silence : config_->silences) {
    configured_.push_back({.clause = silence_clause(silence.name, silence.comment),
                           .scope = silence.scope,
                           .starts = silence.starts,
                           .ends = silence.ends});
  }
  windows_.clear();
  for (const auto& maintenance : config_->maintenances) {
    windows_.push_back({.maintenance = &maintenance, .asked = {}, .span = {}});
  }
}

void Holds::set_silences(const std::vector<storage::SilenceRecord>& silences) {
  made_.clear();
  for (const auto& silence : silences) {
    made_.push_back({.clause = silence_clause(std::to_string(silence.id), silence.comment),
                     .scope = {.routes = silence.routes,
                               .tags = silence.tags,
                               .rules = silence.rules,
                               .regions = silence.regions},
                     .starts = silence.starts,
                     .ends = silence.ends});
  }
}

void Holds::note_recovery(const std::string& route, Timestamp now) {
  auto& recovered = recovered_[route];
  recovered = std::max(recovered, now);
}

bool Holds::is_in_force(Window& window, Timestamp at) {
  const auto ends = window.span ? Timestamp(window.span->ends) : Timestamp::max();
  if (!window.known || at < window.asked || at >= ends) {
    window.asked = at;
    window.span = window.maintenance->window(std::chrono::floor<std::chrono::seconds>(at));
    window.known = true;
  }
  return window.span && at >= window.span->starts;
}

bool Holds::in_maintenance(const config::Route& route, Timestamp at) {
  return std::ranges::any_of(windows_, [&](Window& window) {
    return is_in_force(window, at) &&
           window.maintenance->scope.covers_route(route.id(), route.tags);
  });
}

std::string Holds::covering(const FiringPart& part, Timestamp now) {
  for (const auto* const silences : {&made_, &configured_}) {
    for (const auto& [clause, scope, starts, ends] : *silences) {
      if (lies_within(starts, ends, now) && scope.covers_route(part.route, part.tags) &&
          scope.covers_rule(part.rule) && scope.covers_regions(part.regions)) {
        return clause;
      }
    }
  }
  for (auto& window : windows_) {
    if (is_in_force(window, now) && window.maintenance->scope.covers_route(part.route, part.tags)) {
      return "maintenance " + window.maintenance->name;
    }
  }
  return {};
}

// One that depends on a route which works again is held until it was seen failing after that, or
// had the time to recover too. `began`: when it joined the incident with its first failure.
Hold Holds::covering_parent(Watched& watched, Timestamp began, Coverage& coverage,
                            Timestamp now) const {
  const auto& route = *watched.route;
  const auto& newest = watched.failures.newest();
  const auto grace = route.interval + route.timeout + recovery_slack;
  for (const auto& parent : coverage.dependence().parents(route.id())) {
    if (fails(parent, coverage)) return {.by = "depends on " + parent};
    const auto recovered = recovered_.find(parent);
    if (recovered == recovered_.end() || has_passed(recovered->second, now, grace)) continue;
    const bool failed_since = !newest.empty() && newest.back()->at > recovered->second;
    if (!failed_since) return {.by = "depends on " + parent};
  }
  const auto since = watched.watch.failing_since(*watched.threshold).value_or(began);
  for (const auto& parent : coverage.dependence().parents(route.id())) {
    if (is_in_doubt(parent, since, coverage, now)) return {.is_undecided = true};
  }
  return {};
}

Hold Holds::on(const Incident& incident, Coverage& coverage, Timestamp now) {
  const bool has_parents = incident.cause == Cause::Outage && !coverage.dependence().empty();
  if (made_.empty() && configured_.empty() && windows_.empty() && !has_parents) return {};
  if (incident.cause == Cause::Blindness) {
    std::set<std::string> regions;
    if (is_blind_gateway(incident.gateway)) regions.insert(blind_region(incident.gateway));
    return {.by = covering({{}, {}, incident.rule, regions}, now)};
  }
  Clauses clauses;
  bool is_undecided = false;
  for (const auto& [id, participant] : incident.participants) {
    if (!participant.firing()) continue;
    for (auto& watched : coverage.of(id)) {
      if (watched.incident != &incident || !watched.watch.firing()) continue;
      auto by = covering({id, watched.route->tags, watched.rule().name, participant.regions}, now);
      Hold hold{.by = std::move(by)};
      if (hold.by.empty() && has_parents) {
        hold = covering_parent(watched, participant.since, coverage, now);
      }
      if (hold.by.empty() && !hold.is_undecided) return {};
      is_undecided = is_undecided || hold.is_undecided;
      if (!hold.by.empty()) clauses.add(std::move(hold.by));
    }
  }
  if (is_undecided) return {.is_undecided = true};
  return {.by = clauses.text()};
}

}  // namespace gatewatch::alerting
