// What people are told about: the routes behind one gateway that fail together, from the first
// that fires to the last that stops. A value and its transitions; what is told of them, and when,
// is decided by notify.h.
//
// A new incident settles for a moment before it opens, so that routes which fire in the same
// instant are told as one; so does one that fires again soon after it was resolved.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "alerting/blindness.h"
#include "config/config.h"
#include "probes/time.h"
#include "storage/records.h"

namespace gatewatch::alerting {

// An outage, a certificate that runs out and trouble of the monitor itself (a region that cannot
// see, a history that was lost) are different causes: they never share an incident.
enum class Cause : std::uint8_t { Outage, Certificate, Blindness };
// Certificate for a rule that matches the warning cert_expiring and nothing else.
[[nodiscard]] Cause cause_of(const config::Rule& rule);

enum class Stage : std::uint8_t { Settling, Open, Resolved };

struct Participant {
  Timestamp since;       // its first matching result
  int firing_rules = 0;  // of those that take part in the incident
  std::uint64_t probes = 0;
  std::uint64_t failures = 0;
  std::set<std::string> regions;  // that breached

  [[nodiscard]] bool firing() const { return firing_rules > 0; }
};

// What has changed since the incident was told the last time.
struct News {
  std::vector<std::string> routes;
  std::set<std::string> regions;  // in which no route failed before
  std::vector<std::string> rules;
  bool severity_rose = false;
};

// Somebody takes care of an incident.
struct Acknowledgement {
  std::string by;
  std::string comment;  // empty: none
};

// Why nobody is told of an incident for now.
struct Hold {
  std::string by{};           // a clause: "silence 3 (deploy)"; empty: nothing
  bool is_undecided = false;  // a route on which all depends may be about to fail: wait with it

  friend bool operator==(const Hold&, const Hold&) = default;
};

// The kinds of events that no notification has by itself.
inline constexpr std::string_view held_event = "held";
inline constexpr std::string_view released_event = "released";

struct Incident {
  std::int64_t id = 0;  // 0: not opened yet
  std::string rule;     // the first that fired
  std::string gateway;
  Cause cause = Cause::Outage;
  config::Severity severity = config::Severity::Info;
  Stage stage = Stage::Settling;
  Timestamp settling_since;
  Timestamp since;
  Timestamp opened;
  std::optional<Timestamp> resolved;
  std::int64_t last_event = 0;
  std::map<std::string, Participant> participants;  // by route id
  int firing_watches = 0;
  std::string closed_by;  // why the newest that stopped is watched no more; empty: it recovered

  std::set<std::string> rules;        // all that ever fired in it
  std::vector<std::string> channels;  // that are to hear of it, in the order of the rules
  std::set<std::string> told;         // channels that know it is open
  std::set<std::string> heard;        // channels that were told anything of it, ever
  std::map<std::string, config::Duration> escalations;  // channel → how long it is open by then
  std::optional<Timestamp> acknowledged;                // in vain once it reopens or gets worse
  std::string acknowledged_by;
  Hold hold;               // as it is now
  std::string held_by;     // as of the newest step
  bool news_held = false;  // it got worse, and those who know of it were not told
  std::optional<config::Duration> remind;
  config::Duration reopen{0};
  Timestamp open_since;  // opened, or reopened
  Timestamp last_step;   // of any kind
  Timestamp last_told;   // everybody
  News news;
  std::string what;     // the commonest failure, as it was told the last time
  Blindness blindness;  // with that cause; its incident has no participants

  // "gw-<opened, unix ms>-<id>": unique for ever, even where a database began anew.
  [[nodiscard]] std::string key() const;
  [[nodiscard]] bool is_live() const { return stage != Stage::Resolved; }
  [[nodiscard]] bool has_untold_channel() const;
  // By what is news: a further rule alone sees the same outage.
  [[nodiscard]] bool got_worse() const {
    return !news.routes.empty() || !news.regions.empty() || news.severity_rose;
  }
  [[nodiscard]] bool is_held() const { return !hold.by.empty(); }
};

// A rule takes part: its severity, channels and times count from now on.
void admit_rule(Incident& incident, const config::Rule& rule);
// A rule fires for a route of the incident, which may be new to it. The first participation of a
// route is counted by that rule: true.
bool join(Incident& incident, const config::Rule& rule, const std::string& route, Timestamp since);
// A rule fires no more for a route: `why` it watches it no more, or empty where it recovered.
void leave(Incident& incident, const std::string& route, std::string why);
void add_region(Incident& incident, const std::string& route, const std::string& region);
// It fires again after it was resolved.
void settle_again(Incident& incident, Timestamp now);

[[nodiscard]] storage::IncidentRecord to_record(const Incident& incident);
// As it was when it was stored; rules that are configured are admitted by the caller.
[[nodiscard]] Incident from_history(const storage::IncidentHistory& history);

}  // namespace gatewatch::alerting
