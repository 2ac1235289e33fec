#include "alerting/replay.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gatewatch::alerting {
namespace {

constexpr std::uint32_t most_open = 100'000;
constexpr std::uint32_t newest = 1'000;

// Those that are open, and the newest of those that are not: they may reopen.
std::expected<std::vector<storage::IncidentHistory>, Error> histories(storage::Store& store) {
  auto found = store.incidents({.open_only = true, .id = {}, .limit = most_open});
  if (!found) return found;
  auto lately = store.incidents({.open_only = false, .id = {}, .limit = newest});
  if (!lately) return lately;
  for (auto& history : *lately) {
    if (history.incident.state == storage::IncidentState::Open) continue;
    found->push_back(std::move(history));
  }
  return found;
}

// The last results of the run before lie as they came. Once they are kept by route, what one
// route's rules look at is read without all the others. On a full disk it takes longer.
void sort_results(storage::Store& store) {
  while (store.compact_results(1).value_or(0) > 0) continue;
}

// Results of one route that started in the same microsecond come from different regions.
std::expected<std::optional<Result>, Error> find_whole(storage::Store& store,
                                                       const std::string& route,
                                                       const storage::ResultOutline& outline) {
  auto results = store.results({.route = route,
                                .from = outline.started,
                                .before = outline.started + std::chrono::microseconds{1},
                                .newest_first = false,
                                .limit = std::numeric_limits<std::uint32_t>::max()});
  if (!results) return std::unexpected(std::move(results.error()));
  const auto found = std::ranges::find(*results, outline, storage::outline_of);
  if (found == results->end()) return std::nullopt;
  return std::move(*found);
}

}  // namespace

std::expected<std::vector<std::string>, Error> replay(IncidentDesk& desk,
                                                      const config::Config& config,
                                                      storage::Store& store, Timestamp now) {
  sort_results(store);
  const auto incidents = histories(store);
  if (!incidents) return std::unexpected(incidents.error());
  desk.restore(*incidents);
  std::vector<std::string> in_doubt;
  std::optional<Error> failure;
  for (const auto& route : config.routes) {
    const auto id = route.id();
    const auto outlines = store.outlines(id, now - desk.replay_window(id), now);
    if (!outlines) return std::unexpected(outlines.error());
    desk.replay(id, *outlines, [&](const storage::ResultOutline& outline) {
      auto whole = find_whole(store, id, outline);
      if (whole) return std::move(*whole);
      failure = std::move(whole.error());
      return std::optional<Result>();
    });
    if (failure) return std::unexpected(std::move(*failure));
    // A fault of our own after it has settled nothing.
    const auto last = std::find_if(outlines->rbegin(), outlines->rend(), [](const auto& outline) {
      return outline.outcome != Outcome::Vantage;
    });
    const bool failed = last != outlines->rend() && outcome_row(last->outcome).failing;
    if (failed && !desk.fires_for(id)) in_doubt.push_back(id);
  }
  return in_doubt;
}

std::expected<std::vector<storage::DeliveryRecord>, Error> deliveries_to_resume(
    storage::Store& store) {
  auto open = store.incidents({.open_only = true, .id = {}, .limit = most_open});
  if (!open) return std::unexpected(std::move(open.error()));
  auto pending = store.pending_deliveries();
  if (!pending) return pending;
  std::vector<storage::DeliveryRecord> deliveries;
  for (auto& history : *open) {
    for (auto& delivery : history.deliveries) {
      if (delivery.state == storage::DeliveryState::Pending) continue;  // it follows
      deliveries.push_back(std::move(delivery));
    }
  }
  std::ranges::move(*pending, std::back_inserter(deliveries));
  return deliveries;
}

}  // namespace gatewatch::alerting
