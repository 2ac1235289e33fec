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

Site site_of_result(const std::string& host, const RouteView& view, const Result& result) {
  auto addresses = view.addresses;
  const auto& resolved = result.resolved.list();
  addresses.insert(addresses.end(), resolved.begin(), resolved.end());
  if (result.remote) addresses.push_back(result.remote->address);
  return site_of(host, addresses);
}

// It was connected within our patience, and answered after it.
bool is_merely_slow(const Result& result) {
  const auto connected = result.timings[Phase::Dns] + result.timings[Phase::Connect];
  return connected <= UplinkWatch::patience && result.duration() > UplinkWatch::patience;
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
    if (is_new) hosts_.push_back({std::move(name), route.id(), route.timeout, std::nullopt});
    by_route_[route.id()] = found->second;
  }
  cursor_ = 0;
}

UplinkWatch::Ruling UplinkWatch::judge(const Result& result, Instant now) {
  const auto evidence = uplink_evidence(result);
  const bool is_contact = evidence == UplinkEvidence::Contact;
  const bool is_doubtful = evidence == UplinkEvidence::Silence || is_contact;
  if (state_ == Uplink::Seeing && !is_doubtful) return Ruling::Believe;
  const auto* const host = host_of(result.route);
  if (host == nullptr || (result.remote && result.remote->address.is_loopback())) {
    return Ruling::Believe;
  }
  const auto began = now - result.duration();
  if (state_ == Uplink::Seeing) {
    if (began < seeing_since_) return Ruling::Discard;
    return open_doubt(*host, result, evidence, now) ? Ruling::Wait : Ruling::Believe;
  }
  const bool was_blind = state_ == Uplink::Blind;
  const bool is_proof = is_contact && began >= doubted_since_;
  count(*host, result, is_proof ? UplinkEvidence::Reply : evidence, now);
  decide(now);
  if (!is_doubtful || is_proof) return Ruling::Believe;
  return was_blind ? Ruling::Discard : Ruling::Wait;
}

void UplinkWatch::tick(Instant now) {
  if (state_ != Uplink::Seeing) decide(now);
}

void UplinkWatch::suppose_blind(Instant now) {
  state_ = Uplink::Blind;
  doubted_since_ = now;
  open_round(now, now);
  if (seen_.size() < fewest_sites) stop();
}

void UplinkWatch::ask(const std::string& route) {
  neighbours_.ask(route);
  if (were_asked_.size() == most_outstanding) were_asked_.erase(were_asked_.begin());
  were_asked_.push_back(route);
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
bool UplinkWatch::open_doubt(const Host& host, const Result& result, UplinkEvidence evidence,
                             Instant now) {
  if (neighbours_.is_known_down(result.route)) return false;
  seen_ = {{site_of_result(host.name, neighbours_.look(result.route), result), Word::Silent}};
  to_ask_.clear();
  choose(Standing::Well, now);
  choose(Standing::Unknown, now);
  if (seen_.size() < fewest_sites) return false;
  const bool is_slow_lately = slow_seen_ && now - *slow_seen_ < slowness;
  pending_weighs_ = evidence == UplinkEvidence::Silence && !is_slow_lately;
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
  choose(Standing::Well, now);
  choose(Standing::Unknown, now);
  choose(Standing::Failing, now);
}

// Adds to those that are to be asked, going round.
void UplinkWatch::choose(Standing standing, Instant now) {
  const auto looks = std::min(hosts_.size(), most_looks);
  for (std::size_t look = 0; look < looks && to_ask_.size() < most_asked; ++look) {
    auto& host = hosts_[cursor_];
    cursor_ = (cursor_ + 1) % hosts_.size();
    const auto view = neighbours_.look(host.route);
    if (view.standing != standing || !view.is_quick) continue;
    if (is_own_machine(host.name, view.addresses)) continue;
    Seen chosen{site_of(host.name, view.addresses), Word::Pending};
    const bool is_new = std::ranges::none_of(
        seen_, [&chosen](const Seen& seen) { return seen.site.is_related(chosen.site); });
    if (!is_new) continue;
    if (chosen.site.networks.empty() && !view.has_result) {
      if (!host.first_chosen) host.first_chosen = now;
      chosen.counts_until = *host.first_chosen + host.timeout + patience;
      if (now >= chosen.counts_until) continue;
    }
    seen_.push_back(std::move(chosen));
    to_ask_.push_back(host.route);
  }
}

void UplinkWatch::count(const Host& host, const Result& result, UplinkEvidence evidence,
                        Instant now) {
  const auto began = now - result.duration();
  const auto view = neighbours_.look(result.route);
  auto site = site_of_result(host.name, view, result);
  const bool is_asked =
      std::ranges::any_of(seen_, [&site](const Seen& seen) { return seen.site.is_related(site); });
  const bool replied = evidence == UplinkEvidence::Reply;
  const bool is_mute = evidence == UplinkEvidence::None;
  const bool is_old =
      replied ? began < doubted_since_ : state_ == Uplink::Blind && began < round_began_;
  // Of an old one nothing is learned but where its host is.
  const bool is_word = !is_old && evidence != UplinkEvidence::Contact;
  if (!is_asked && (!is_word || is_mute)) return;
  // That one stays silent which was so before is no news.
  if (!replied && !is_asked && view.standing == Standing::Failing) return;
  if (!is_word) return note({std::move(site), Word::Pending});
  if (replied && is_asked && is_merely_slow(result)) slow_seen_ = now;
  note({std::move(site), replied ? Word::Replied : is_mute ? Word::Mute : Word::Silent});
}

// Those that turn out to be related are one from now on.
void UplinkWatch::note(Seen said) {
  for (auto seen = seen_.begin(); seen != seen_.end();) {
    if (!seen->site.is_related(said.site)) {
      ++seen;
      continue;
    }
    said.site.absorb(seen->site);
    said.word = std::max(said.word, seen->word);
    seen_.erase(seen);
    seen = seen_.begin();  // which may be related to what was absorbed
  }
  if (seen_.size() < most_seen) seen_.push_back(std::move(said));
}

UplinkWatch::Tally UplinkWatch::tally(Instant now) const {
  Tally tally;
  for (const auto& seen : seen_) {
    tally.replied += seen.word == Word::Replied ? 1 : 0;
    tally.silent += seen.word == Word::Silent ? 1 : 0;
    tally.pending += seen.word == Word::Pending && now < seen.counts_until ? 1 : 0;
  }
  return tally;
}

void UplinkWatch::ask_when_due(Instant now) {
  if (has_asked_ || now < ask_at_) return;
  has_asked_ = true;
  last_asked_ = now;
  for (const auto& route : std::exchange(to_ask_, {})) ask(route);
}

void UplinkWatch::decide(Instant now) {
  ask_when_due(now);
  const auto words = tally(now);
  const bool is_late = has_asked_ && now >= last_asked_ + patience;
  if (state_ == Uplink::Doubting) return decide_doubt(words, is_late, now);
  const auto not_replied = words.silent + words.pending;
  if (words.replied > 0 && not_replied <= 2 * words.replied) return see(now);
  if (!is_late) return;
  if (words.replied + not_replied < fewest_sites) return stop();
  open_round(now, last_asked_ + blind_pause);
  if (seen_.size() < fewest_sites) return stop();
  ask_when_due(now);
}

void UplinkWatch::decide_doubt(const Tally& tally, bool is_late, Instant now) {
  const auto not_replied = tally.silent + tally.pending;
  if (not_replied <= 2 * tally.replied) return see(now);
  if (tally.pending > 0 && !is_late) return;
  const bool weighs = pending_weighs_ || tally.silent >= fewest_sites;
  const auto silent = weighs ? not_replied : tally.silent;
  if (silent < fewest_sites || silent <= 2 * tally.replied) return see(now);
  state_ = Uplink::Blind;
  sites_ = tally.replied + not_replied;
  silent_sites_ = not_replied;
  open_round(now, last_asked_ + blind_pause);
}

void UplinkWatch::see(Instant now) {
  if (state_ == Uplink::Blind) seeing_since_ = now;
  stop();
}

// Without a proof that the way is open: what began before counts.
void UplinkWatch::stop() {
  state_ = Uplink::Seeing;
  seen_.clear();
  to_ask_.clear();
}

}  // namespace gatewatch::daemon
