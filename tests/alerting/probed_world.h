// Routes that are probed as the scheduler would: in their intervals, spread over them, from every
// region, with the daemon's confirmations. Every result and a tick each second reach an
// incident desk at explicit times; nothing waits.

#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "alerting/incident_desk.h"
#include "config/dependence.h"
#include "daemon/route_health.h"
#include "tests/alerting/step_audit.h"

namespace gatewatch::tests {

inline const Timestamp world_start{std::chrono::seconds{1'795'176'000}};

struct Answer {
  Outcome outcome = Outcome::Ok;
  int status = 200;
  bool cert_expiring = false;
};
inline constexpr Answer ok{};
inline constexpr Answer bad_gateway{Outcome::StatusMismatch, 502};
inline constexpr Answer refused{Outcome::ConnectRefused, 0};
inline constexpr Answer vantage{Outcome::Vantage, 0};

[[nodiscard]] config::Route make_route(const std::string& name, config::Duration interval,
                                       const std::string& host = "shop.example.com");
// One that matches `match`, with every default of the configuration, told to "slack".
[[nodiscard]] config::Rule make_rule(const std::string& name, const std::string& match);
[[nodiscard]] std::shared_ptr<config::Config> make_config(std::vector<config::Route> routes,
                                                          std::vector<config::Rule> rules);

class ProbedWorld {
 public:
  // What a route answers to a region at a time after the start.
  using Server = std::function<Answer(const std::string& route, const std::string& region,
                                      std::chrono::microseconds time)>;

  ProbedWorld(std::shared_ptr<const config::Config> config, Server server,
              std::vector<std::string> regions = {"eu"});

  void run_until(std::chrono::microseconds time);
  // What the name of a route's URL resolves to; without it no result has an address.
  void resolve(std::function<Endpoint(const std::string& host)> address) {
    address_ = std::move(address);
  }
  // A second unless said otherwise: for simulations of years.
  void tick_every(std::chrono::seconds period) { tick_period_ = period; }
  // The daemon dies and starts again: a new desk, with what the store would hold.
  void restart(std::chrono::microseconds down_for);
  // What holds notifications back from now on, through restarts too.
  void silence(std::vector<storage::SilenceRecord> silences);
  void acknowledge(std::int64_t incident, const alerting::Acknowledgement& acknowledgement);
  // The store was damaged: it holds what the desk says then, and nothing else.
  void lose_history();
  void reload(std::shared_ptr<const config::Config> config,
              const std::string& link_prefix = "http://127.0.0.1:9502");

  [[nodiscard]] alerting::IncidentDesk& desk() { return *desk_; }
  [[nodiscard]] const std::vector<storage::IncidentStep>& steps() const { return steps_; }
  [[nodiscard]] std::vector<std::string> kinds() const;
  [[nodiscard]] std::size_t count(const std::string& kind) const;
  [[nodiscard]] std::chrono::microseconds first(const std::string& kind) const;
  [[nodiscard]] alerting::Notification told(std::size_t step, std::size_t delivery = 0) const;

 private:
  struct Due {
    std::size_t route;
    std::size_t region;
    ProbeKind kind;
  };

  void schedule_all();
  void probe(const Due& due, Timestamp now);
  void confirm(std::size_t route, Timestamp now);
  void ask_parents(const std::string& route, Timestamp now);
  void ask_dependents(const storage::IncidentStep& step);
  [[nodiscard]] std::size_t index_of(const std::string& route) const;
  [[nodiscard]] bool is_confirming(std::size_t route) const;
  void take(std::vector<storage::IncidentStep> steps);

  std::shared_ptr<const config::Config> config_;
  config::Dependence dependence_;
  Server server_;
  std::function<Endpoint(const std::string& host)> address_;
  std::vector<std::string> regions_;
  std::unique_ptr<alerting::IncidentDesk> desk_;
  std::multimap<Timestamp, Due> due_;
  std::map<std::string, daemon::RouteHealth> health_;  // by route
  Timestamp next_tick_ = world_start + std::chrono::milliseconds{900};
  std::chrono::seconds tick_period_{1};
  std::vector<Result> stored_;  // those of the longest window
  std::uint64_t stored_count_ = 0;
  std::vector<storage::IncidentStep> steps_;
  std::vector<storage::SilenceRecord> silences_;
  StepAudit audit_;
};

}  // namespace gatewatch::tests
