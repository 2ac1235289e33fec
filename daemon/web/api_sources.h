// Where the API has its answers from: what the daemon hands to it. All of it is called on the
// loop's thread and answers at once, but for the two that take a `done`.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alerting/incident.h"
#include "config/config.h"
#include "daemon/web/web_message.h"
#include "probes/net/network.h"
#include "probes/result.h"
#include "storage/store.h"

namespace gatewatch::daemon::web {

struct HealthCheck {
  std::string name;  // "storage", "probing", …
  bool ok = true;
  std::string detail;  // one sentence, above all where it is not ok; holds no secret
  bool needed_for_ready = true;
};

// What a region says of itself.
struct RegionReport {
  std::string name;
  bool is_blind = false;                            // most unrelated hosts are silent at once
  std::size_t unseen_routes = 0;                    // that faults of our own keep from being probed
  std::optional<Timestamp> since;                   // when either began
  std::string detail;                               // in a few words; empty: it sees
  std::map<std::string, std::uint64_t> own_faults;  // vantage results by reason, since the start
};

// What became of a reload: nothing is wrong where the new configuration is in force.
struct ReloadAnswer {
  std::vector<std::string> mistakes;  // of the new configuration, one line each
  std::string obstacle;               // of ours: one sentence on why it could not be tried
};

// Runs on the reader's thread. What it makes of the answer (rendering included) is made there, so
// that a large one holds no loop.
using StoreQuestion = std::move_only_function<WebResponse(storage::Store&)>;

struct ApiSources {
  std::function<std::shared_ptr<const config::Config>()> config;
  std::function<Timestamp()> now;
  // Of a route, by region; empty: none yet.
  std::function<std::vector<Result>(const std::string& route)> last_results;
  std::function<std::optional<Timestamp>(const config::Route& route)> next_due;
  std::function<std::vector<RegionReport>()> regions;
  std::function<WebPieces()> metrics;  // begins one reading: Prometheus text format
  std::function<std::vector<HealthCheck>()> health;
  std::function<void(std::function<void(const ReloadAnswer&)> done)> reload;  // from its source
  // False where the incident is not open.
  std::function<bool(std::int64_t incident, const alerting::Acknowledgement&)> acknowledge;
  // The id that it is given.
  std::function<std::int64_t(const storage::ChangeRecord& change)> add_change;
  // As it is kept, with its number.
  std::function<storage::SilenceRecord(const storage::SilenceRecord& silence)> add_silence;
  // As it is then; nothing where none of that number was in force, now or later.
  std::function<std::optional<storage::SilenceRecord>(std::int64_t id)> end_silence;
  // Whether all that was handed on before is durable. On the reader's thread, for 2 s at most.
  std::function<bool()> flush;
  // False where too many questions wait; else `done` is called on the loop's thread.
  std::function<bool(StoreQuestion question, std::function<void(WebResponse)> done)> ask;
};

}  // namespace gatewatch::daemon::web
