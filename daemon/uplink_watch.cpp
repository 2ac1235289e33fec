#include "daemon/uplink_watch.h"

#include <algorithm>
#include <utility>

#include "probes/proxy.h"

namespace gatewatch::daemon {
namespace {

using namespace std::chrono_literals;
using Standing = RouteView::Standing;

constexpr std::size_t most_seen = 64;         // sites of one round
constexpr std::size_t most_looks = 1024;      // for each reason to choose
constexpr std::size_t most_outstanding = 64;  // answers

// Whom we connect to.
std::string dialled_host(const config::Route& route) {
  if (!route.proxy.empty()) {
    if (const auto proxy = Proxy::parse(route.proxy)) return proxy->host;
  }
  return route.url.host;
}

}  // namespace

void UplinkWatch::set_routes(const std::vector<config::Route>& routes) {
  hosts_.clear();
  by_route_.clear();
  std::unordered_map<std::string, std::size_t> by_name;
  for (const auto& route : routes) {
    auto name = dialled_host(route);
    if (is_own_machine(name, {})) continue;
    const auto [found, is_new] = by_name.try_emplace(name, hosts_.size());
    if (is_new) hosts_.push_back({std::move(name), route.id()});
    by_route_[route.id()] = found->second;
  }
  cursor_ = 0;
}

UplinkWatch::Ruling UplinkWatch::judge(const Result& result, Instant now) {
  const auto evidence = uplink_evidence(result);
  const bool is_silent = evidence == UplinkEvidence::Silence;
  if (state_ == Uplink::Seeing && !is_silent) return Ruling::Believe;
  const auto* const host = host_of(result.route);
  if (host == nullptr || (result.remote && result.remote->address.is_loopback())) {
    return Ruling::Believe;
  }
  if (state_ == Uplink::Seeing) {
    if (now - result.duration() < seeing_since_) return Ruling::Discard;
    return open_doubt(*host, result, now) ? Ruling::Wait : Ruling::Believe;
  }
  const bool was_blind = state_ == Uplink::Blind;
  count(*host, result, evidence, now);
  decide(now);
  if (!is_silent) return Ruling::Believe;
  return was_blind ? Ruling::Discard : Ruling::Wait;
}

void UplinkWatch::tick(Instant now) {
  if (state_ != Uplink::Seeing) decide(now);
}

void UplinkWatch::suppose_blind(Instant now) {
  if (hosts_.empty()) return;
  state_ = Uplink::Blind;
  doubted_since_ = now;
  open_round(now, now);
}

bool UplinkWatch::take_asked(const Result& result) {
  if (were_asked_.empty() || result.kind != ProbeKind::Confirmation) return false;
  return std::erase(were_asked_, result.route) > 0;
}

const UplinkWatch::Host* UplinkWatch::host_of(const std::string& route) const {
  const auto found = by_route_.find(route);
  return found == by_route_.end() ? nullptr : &hosts_[found->second];
}

// False where there is nobody to ask.
bool UplinkWatch::open_doubt(const Host& host, const Result& result, Instant now) {
  if (neighbours_.is_known_down(result.route)) return false;
  auto address = neighbours_.look(result.route).address;
  if (result.remote) address = result.remote->address;
  seen_ = {{site_of(host.name, address), Word::Silent}};
  to_ask_.clear();
  choose(Standing::Well);
  choose(Standing::Unknown);
  if (seen_.size() < fewest_sites) return false;
  state_ = Uplink::Doubting;
  doubted_since_ = round_began_ = now;
  has_asked_ = false;
  ask_at_ = last_asked_ == Instant::min() ? now : std::max(now, last_asked_ + asking_gap);
  decide(now);
  return true;
}

void UplinkWatch::open_round(Instant now, Instant ask_at) {
  round_began_ = now;
  ask_at_ = ask_at;
  has_asked_ = false;
  seen_.clear();
  to_ask_.clear();
  choose(Standing::Well);
  choose(Standing::Unknown);
  choose(Standing::Failing);
}

// Adds to those that are to be asked, going round.
void UplinkWatch::choose(Standing standing) {
  const auto looks = std::min(hosts_.size(), most_looks);
  for (std::size_t look = 0; look < looks && to_ask_.size() < most_asked; ++look) {
    const auto& host = hosts_[cursor_];
    cursor_ = (cursor_ + 1) % hosts_.size();
    const auto view = neighbours_.look(host.route);
    if (view.standing != standing || !view.is_quick) continue;
    auto site = site_of(host.name, view.address);
    if (is_own_machine(host.name, view.address)) continue;
    const bool is_new = std::ranges::none_of(
        seen_, [&site](const Seen& seen) { return seen.site.is_related(site); });
    if (!is_new) continue;
    seen_.push_back({std::move(site), Word::Pending});
    to_ask_.push_back(host.route);
  }
}

void UplinkWatch::count(const Host& host, const Result& result, UplinkEvidence evidence,
                        Instant now) {
  if (evidence == UplinkEvidence::None) return;
  const auto began = now - result.duration();
  const bool replied = evidence == UplinkEvidence::Reply;
  if (replied && began < doubted_since_) return;
  if (!replied && state_ == Uplink::Blind && began < round_began_) return;
  const auto view = neighbours_.look(result.route);
  const auto site = site_of(host.name, result.remote ? result.remote->address : view.address);
  const bool is_asked =
      std::ranges::any_of(seen_, [&site](const Seen& seen) { return seen.site.is_related(site); });
  // That one stays silent which was so before is no news.
  if (!replied && !is_asked && view.standing == Standing::Failing) return;
  note(site, replied ? Word::Replied : Word::Silent);
}

void UplinkWatch::note(const Site& site, Word word) {
  bool is_known = false;
  for (auto& seen : seen_) {
    if (!seen.site.is_related(site)) continue;
    is_known = true;
    if (seen.word != Word::Replied) seen.word = word;
  }
  if (!is_known && seen_.size() < most_seen) seen_.push_back({site, word});
}

UplinkWatch::Tally UplinkWatch::tally() const {
  Tally tally;
  for (const auto& seen : seen_) {
    tally.replied += seen.word == Word::Replied ? 1 : 0;
    tally.silent += seen.word == Word::Silent ? 1 : 0;
    tally.pending += seen.word == Word::Pending ? 1 : 0;
  }
  return tally;
}

void UplinkWatch::ask_when_due(Instant now) {
  if (has_asked_ || now < ask_at_) return;
  has_asked_ = true;
  last_asked_ = now;
  for (auto& route : std::exchange(to_ask_, {})) {
    neighbours_.ask(route);
    if (were_asked_.size() == most_outstanding) were_asked_.erase(were_asked_.begin());
    were_asked_.push_back(std::move(route));
  }
}

void UplinkWatch::decide(Instant now) {
  ask_when_due(now);
  const auto words = tally();
  const bool is_late = has_asked_ && now >= last_asked_ + patience;
  if (state_ == Uplink::Doubting) return decide_doubt(words, is_late, now);
  const auto not_replied = words.silent + words.pending;
  if (words.replied > 0 && not_replied <= 2 * words.replied) return see(now);
  if (!is_late) return;
  open_round(now, last_asked_ + blind_pause);
  ask_when_due(now);
}

void UplinkWatch::decide_doubt(const Tally& tally, bool is_late, Instant now) {
  const auto not_replied = tally.silent + tally.pending;
  if (not_replied <= 2 * tally.replied) return see(now);
  if (tally.pending > 0 && !is_late) return;
  if (not_replied < fewest_sites) return see(now);
  state_ = Uplink::Blind;
  sites_ = tally.replied + not_replied;
  silent_sites_ = not_replied;
  open_round(now, last_asked_ + blind_pause);
}

void UplinkWatch::see(Instant now) {
  if (std::exchange(state_, Uplink::Seeing) == Uplink::Blind) seeing_since_ = now;
  seen_.clear();
  to_ask_.clear();
}

}  // namespace gatewatch::daemon
