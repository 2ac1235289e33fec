// What an incident desk knows, and each of its moves. Of incident_desk.cpp alone.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "alerting/coverage.h"
#include "alerting/hold.h"
#include "alerting/incident_desk.h"
#include "alerting/incident_list.h"

namespace gatewatch::alerting {

using Steps = std::vector<storage::IncidentStep>;

class IncidentDesk::State {
 public:
  State(std::shared_ptr<const config::Config> config, DeskSettings settings)
      : settings_(std::move(settings)),
        holds_(config),
        coverage_(std::make_unique<Coverage>(std::move(config))) {}

  void restore(const storage::IncidentHistory& history);
  void replay(Watched& watched, const std::vector<storage::ResultOutline>& results,
              const Recall& recall);
  Steps observe(const Result& result, Timestamp now);
  Steps set_blindness(const std::string& region, const std::optional<Blindness>& blindness,
                      Timestamp now);
  [[nodiscard]] bool is_blind(const std::string& region) const;
  Steps tick(Timestamp now);
  Steps acknowledge(std::int64_t id, const Acknowledgement& acknowledgement, Timestamp now);
  Steps reconfigure(std::shared_ptr<const config::Config> config, std::string link_prefix,
                    Timestamp now);

  void set_silences(const std::vector<storage::SilenceRecord>& silences);
  [[nodiscard]] bool in_maintenance(const Result& result);
  Steps begin_anew(const storage::LostHistory& lost, Timestamp now);

  [[nodiscard]] Coverage& coverage() { return *coverage_; }
  [[nodiscard]] std::size_t count_open(auto counts) const {
    std::size_t open = 0;
    incidents_.for_each([&](const Incident& incident) {
      if (incident.stage == Stage::Open && counts(incident)) ++open;
    });
    return open;
  }

 private:
  // A result on its way past the rules of its route.
  struct Sighting {
    const Result& result;
    RegionId region;
    EvidencePointer evidence;  // made when the first rule matches
  };

  void take(Watched& watched, Sighting& sighting, Timestamp now, Steps& steps);
  void apply(Watched& watched, WatchChange change, Timestamp now);
  void enter_incident(Watched& watched, Incident& incident, Timestamp now);
  void note_recovery(const std::string& route, Timestamp now);
  void activate(Watched& watched);
  void weigh(Incident& incident, Timestamp now);
  void weigh_all(Timestamp now);
  void tell(Incident& incident, Timestamp now, Steps& steps);
  void tell_all(Timestamp now, Steps& steps);
  void judge_all(Timestamp now);
  void forget(Incident& incident);
  void finish_replay(Timestamp now);
  void restore_blindness(Incident& incident);
  [[nodiscard]] Incident* find_blindness(const std::string& region) const;

  DeskSettings settings_;
  Holds holds_;
  std::unique_ptr<Coverage> coverage_;
  IncidentList incidents_;
  std::vector<Watched*> active_;  // what time may change
  Timestamp judged_;              // when all of these were
  bool replaying_ = true;
};

}  // namespace gatewatch::alerting
