#include "daemon/region_watch.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "daemon/blame.h"
#include "daemon/counted.h"

namespace gatewatch::daemon {
namespace {

constexpr std::size_t most_evidence = 3;
constexpr std::string_view uplink_is_closed = "most unrelated hosts are silent at once";

std::string said_of(const Result& result) {
  return fmt::format("{}: {}", result.route, result.detail);
}

}  // namespace

RegionWatch::RegionWatch(std::string region, Neighbours neighbours)
    : region_(std::move(region)), neighbours_(std::move(neighbours)), uplink_(neighbours_.uplink) {}

void RegionWatch::set_routes(const std::vector<config::Route>& routes) {
  std::vector<config::Route> probed;
  std::ranges::copy_if(routes, std::back_inserter(probed),
                       [this](const config::Route& route) { return route.probed_from(region_); });
  routes_ = probed.size();
  uplink_.set_routes(probed);
  own_faults_.set_routes(probed);
}

void RegionWatch::take(Result&& result, Instant now) {
  if (result.region != region_) return neighbours_.pass(std::move(result), false);
  const bool was_asked = uplink_.take_asked(result);
  if (own_faults_.observe(result)) uplink_.ask(result.route);
  const auto ruling = uplink_.judge(result, now);
  const bool is_behind = !held_routes_.empty() && held_routes_.contains(result.route);
  if (ruling == UplinkWatch::Ruling::Discard && !is_behind) {
    blame_ourselves(result, "uplink", uplink_is_closed);
    pass(std::move(result), was_asked);
  } else if (ruling == UplinkWatch::Ruling::Wait || is_behind) {
    hold({std::move(result), was_asked, ruling != UplinkWatch::Ruling::Believe});
  } else {
    pass(std::move(result), was_asked);
  }
  if (!held_.empty()) release();
  note_state(now);
}

void RegionWatch::tick(Instant now) {
  uplink_.tick(now);
  if (!held_.empty()) release();
  note_state(now);
}

void RegionWatch::hold(Held&& held) {
  if (held_.empty()) evidence_.clear();
  if (evidence_.size() < most_evidence && held.is_doubtful) {
    evidence_.push_back(said_of(held.result));
  }
  ++held_routes_[held.result.route];
  held_.push_back(std::move(held));
}

// Once it is known whose fault it was; or where there are too many, with what is known so far.
void RegionWatch::release() {
  if (uplink_.state() == Uplink::Doubting && held_.size() < most_held) return;
  const bool is_ours = uplink_.state() == Uplink::Blind;
  let_go(is_ours ? "uplink" : "", uplink_is_closed);
}

void RegionWatch::finish() {
  let_go("undecided", "gatewatch ended before it was known whose fault this was");
}

// `reason`: why the doubtful ones are ours; empty: they are not.
void RegionWatch::let_go(std::string_view reason, std::string_view why) {
  held_routes_.clear();
  for (auto& [result, was_asked, is_doubtful] : std::exchange(held_, {})) {
    if (is_doubtful && !reason.empty()) blame_ourselves(result, reason, why);
    pass(std::move(result), was_asked);
  }
}

void RegionWatch::pass(Result&& result, bool was_asked) {
  if (result.outcome == Outcome::Vantage) ++counts_[result.reason];
  neighbours_.pass(std::move(result), was_asked);
}

void RegionWatch::note_state(Instant now) {
  if (sees()) {
    since_.reset();
  } else if (!since_) {
    since_ = now;
  }
}

std::optional<alerting::Blindness> RegionWatch::blindness() const {
  if (uplink_.state() == Uplink::Blind) {
    return alerting::Blindness{
        .what = "Monitor is blind in region " + region_,
        .share = fmt::format("{} of {} unrelated hosts do not answer", uplink_.silent_sites(),
                             uplink_.sites()),
        .diagnosis =
            "Hosts that have nothing in common do not fail at once: it is the network of "
            "gatewatch. Until it is mended, nothing is known of any route behind it.",
        .evidence = evidence_};
  }
  if (const auto unseen = own_faults_.unseen_routes(); unseen > 0) {
    return alerting::Blindness{
        .what = "Monitor cannot probe from region " + region_,
        .share = fmt::format("{} of {}", unseen, counted(routes_, "route")),
        .diagnosis =
            "The machine that gatewatch runs on lacks something that probes need. Nothing "
            "is known of these routes.",
        .evidence = {own_faults_.detail()}};
  }
  return std::nullopt;
}

RegionState RegionWatch::state() const {
  RegionState state{.region = region_,
                    .is_blind = uplink_.state() == Uplink::Blind,
                    .unseen_routes = own_faults_.unseen_routes(),
                    .since = since_,
                    .detail = {},
                    .held = held_.size(),
                    .own_faults = counts_};
  if (const auto blindness = this->blindness()) {
    state.detail = blindness->what + ": " + blindness->share;
  }
  return state;
}

}  // namespace gatewatch::daemon
