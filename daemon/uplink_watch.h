// Whether this region sees the network at all. That one host is silent is its own story; that
// several hosts which have nothing in common are silent at once, and others answer not, is ours.
//
// A silent result (uplink_evidence.h) is not believed before a probe that began after it has
// brought a reply from elsewhere: it opens a doubt, a few other hosts are asked at once, and what
// they say within 2 s decides. Where more than two thirds of at least three unrelated hosts stay
// silent, the region is blind, and asks again every 2 s until they are fewer. Where fewer than
// three unrelated hosts are watched nothing can be told apart: each result counts as it is.
//
// Pure: time comes with each call. A reply while nothing is in doubt costs two comparisons.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/config.h"
#include "daemon/route_view.h"
#include "daemon/site.h"
#include "daemon/uplink_evidence.h"
#include "probes/time.h"

namespace gatewatch::daemon {

enum class Uplink : std::uint8_t { Seeing, Doubting, Blind };

class UplinkWatch {
 public:
  static constexpr std::chrono::seconds patience{2};           // with those that are asked
  static constexpr std::chrono::seconds blind_pause{2};        // from asking to asking while blind
  static constexpr std::chrono::milliseconds asking_gap{500};  // at least, from doubt to doubt
  static constexpr std::chrono::minutes slowness{10};          // that others were slow is lately
  static constexpr std::size_t most_asked = 5;
  static constexpr std::size_t fewest_sites = 3;

  struct Neighbours {
    std::function<RouteView(const std::string& route)> look;
    // Whether an incident is open for the route: its silence is no news.
    std::function<bool(const std::string& route)> is_known_down;
    std::function<void(const std::string& route)> ask;  // for one more probe, at once
  };

  enum class Ruling : std::uint8_t {
    Believe,
    Wait,     // for the state to leave Doubting
    Discard,  // it is the uplink's
  };

  explicit UplinkWatch(Neighbours neighbours) : neighbours_(std::move(neighbours)) {}

  // Those that this region probes.
  void set_routes(const std::vector<config::Route>& routes);
  // One new result of this region, in the order of arrival.
  [[nodiscard]] Ruling judge(const Result& result, Instant now);
  // What time alone brings; several times a second.
  void tick(Instant now);
  // After a restart, where the region was blind before it; nothing where it could not be told.
  void suppose_blind(Instant now);
  // For one more probe of the route, at once.
  void ask(const std::string& route);
  // Whether `result` is of a probe that was asked for here; once for each.
  [[nodiscard]] bool take_asked(const Result& result);

  [[nodiscard]] Uplink state() const { return state_; }
  // Of the unrelated hosts looked at when the region was last found blind: how many, and silent.
  [[nodiscard]] std::size_t sites() const { return sites_; }
  [[nodiscard]] std::size_t silent_sites() const { return silent_sites_; }

 private:
  // Of what related hosts say the last one in this order counts. Mute: what came says neither.
  enum class Word : std::uint8_t { Pending, Mute, Silent, Replied };
  struct Host {
    std::string name;
    std::string route;  // the first one to it
    config::Duration timeout;
    // While nothing has ever come from it: when it was first to be asked.
    std::optional<Instant> first_chosen;
  };
  struct Seen {
    Site site;
    Word word;
    // While it is pending. Of whom no result has ever come, nobody knows yet whether it is related
    // to the others: for as long as its probe may take it is supposed not to be.
    Instant counts_until = Instant::max();
  };
  struct Tally {
    std::size_t replied = 0;
    std::size_t silent = 0;
    std::size_t pending = 0;
  };

  [[nodiscard]] const Host* host_of(const std::string& route) const;
  [[nodiscard]] bool open_doubt(const Host& host, const Result& result, UplinkEvidence evidence,
                                Instant now);
  void open_round(Instant now, Instant ask_at);
  void choose(RouteView::Standing standing, Instant now);
  void count(const Host& host, const Result& result, UplinkEvidence evidence, Instant now);
  void note(Seen said);
  [[nodiscard]] Tally tally(Instant now) const;
  void ask_when_due(Instant now);
  void decide(Instant now);
  void decide_doubt(const Tally& tally, bool is_late, Instant now);
  void see(Instant now);
  void stop();

  Neighbours neighbours_;
  std::vector<Host> hosts_;  // that lie beyond this machine, each once
  std::unordered_map<std::string, std::size_t> by_route_;
  std::size_t cursor_ = 0;  // in hosts_, so that asking goes round

  Uplink state_ = Uplink::Seeing;
  Instant doubted_since_{};  // a reply counts of a probe that began after this
  Instant seeing_since_ = Instant::min();
  std::size_t sites_ = 0;
  std::size_t silent_sites_ = 0;
  std::optional<Instant> slow_seen_;  // when one was found that was merely slow
  bool pending_weighs_ = true;        // in this doubt, like silence once it is late

  // The round of asking that is under way while doubting or blind.
  Instant round_began_{};
  Instant ask_at_{};
  bool has_asked_ = false;
  Instant last_asked_ = Instant::min();
  std::vector<Seen> seen_;               // unrelated to each other
  std::vector<std::string> to_ask_;      // routes
  std::vector<std::string> were_asked_;  // routes whose answer has not come yet
};

}  // namespace gatewatch::daemon
