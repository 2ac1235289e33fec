// Stands before all that is made of a result: what is our own fault must not count against a
// target. Holds back what is in doubt (uplink_watch.h) for 2 s at most, in the order of arrival,
// marks what turns out to be ours, and knows whether this region sees at all.
//
// What is held back when the process is killed is as if it had not been probed.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "alerting/blindness.h"
#include "config/config.h"
#include "daemon/own_faults.h"
#include "daemon/uplink_watch.h"
#include "probes/result.h"

namespace gatewatch::daemon {

// A picture of it, for metrics, health and the API.
struct RegionState {
  std::string region;
  bool is_blind = false;                            // most unrelated hosts are silent
  std::size_t unseen_routes = 0;                    // for faults of our own, several in a row
  std::optional<Instant> since;                     // when either began
  std::string detail;                               // in a few words; empty: it sees
  std::size_t held = 0;                             // results in doubt
  std::map<std::string, std::uint64_t> own_faults;  // vantage results by reason, since the start
};

// Belongs to the main loop.
class RegionWatch {
 public:
  static constexpr std::size_t most_held = 10'000;  // then they are decided on at once

  struct Neighbours {
    UplinkWatch::Neighbours uplink;
    // Where a result goes on to. `was_asked`: its probe was one more than the route's own.
    std::function<void(Result&& result, bool was_asked)> pass;
  };

  // `region`: whose results are judged; another one's pass as they are.
  RegionWatch(std::string region, Neighbours neighbours);

  [[nodiscard]] const std::string& region() const { return region_; }
  // All that are configured; those that are not probed from here say nothing of the region.
  void set_routes(const std::vector<config::Route>& routes);
  // After a restart, where the region was blind before it.
  void suppose_blind(Instant now) { uplink_.suppose_blind(now); }

  void take(Result&& result, Instant now);
  void tick(Instant now);
  // At the end of the process: what is held back goes on, as nobody knows whose.
  void finish();

  [[nodiscard]] bool sees() const {
    return uplink_.state() != Uplink::Blind && own_faults_.unseen_routes() == 0;
  }
  // What is to be told of the region; nothing: it sees.
  [[nodiscard]] std::optional<alerting::Blindness> blindness() const;
  [[nodiscard]] RegionState state() const;

 private:
  struct Held {
    Result result;
    bool was_asked;
    bool is_doubtful;  // and not merely behind one that is
  };

  void hold(Held&& held);
  void release();
  void let_go(std::string_view reason, std::string_view why);
  void pass(Result&& result, bool was_asked);
  void note_state(Instant now);

  std::string region_;
  Neighbours neighbours_;
  std::size_t routes_ = 0;
  UplinkWatch uplink_;
  OwnFaults own_faults_;
  std::vector<Held> held_;  // in the order of arrival
  std::unordered_map<std::string, std::size_t> held_routes_;
  std::vector<std::string> evidence_;  // of those that were held last
  std::optional<Instant> since_;
  std::map<std::string, std::uint64_t> counts_;
};

}  // namespace gatewatch::daemon
