#include "alerting/history_loss.h"

#include <fmt/format.h>

#include "alerting/elapsed.h"

namespace gatewatch::alerting {
namespace {

Blindness words_of(const storage::LostHistory& lost) {
  Blindness words;
  words.what = "History of gatewatch lost";
  words.evidence = {lost.damage};
  words.fixer = "whoever runs gatewatch and its disk";
  if (lost.file.empty()) {
    words.share = "the database was moved or deleted while it was used";
    words.diagnosis =
        "What is at the place of the database is used now; what it held is missing from pages and "
        "figures.";
    return words;
  }
  words.share = "the database was damaged, and a new one was begun";
  words.diagnosis = fmt::format(
      "The database was set aside as {}: {}; its results are missing from pages and figures, "
      "beside whatever else could not be read.",
      lost.file,
      lost.all_incidents
          ? fmt::format("all incidents ({}) were read from it and go on", lost.incidents)
          : fmt::format("{} incidents could be read from it and go on", lost.incidents));
  return words;
}

}  // namespace

config::Rule loss_rule(const config::Config& config) {
  auto rule = blindness_rule(config);
  rule.name = "history-lost";
  rule.severity = config::Severity::Critical;
  rule.remind.reset();
  return rule;
}

Incident loss_incident(const storage::LostHistory& lost, const config::Config& config,
                       Timestamp now) {
  const auto rule = loss_rule(config);
  Incident incident;
  incident.rule = rule.name;
  incident.gateway = lost_gateway;
  incident.cause = Cause::Blindness;
  incident.settling_since = now;
  incident.since = lost.at;
  incident.firing_watches = 1;
  incident.blindness = words_of(lost);
  admit_rule(incident, rule);
  return incident;
}

void end_loss(Incident& incident, Timestamp now) {
  if (incident.gateway != lost_gateway || incident.stage != Stage::Open) return;
  if (!has_passed(incident.opened, now, loss_stands)) return;
  incident.firing_watches = 0;
  incident.closed_by = "what was lost stays lost";
}

}  // namespace gatewatch::alerting
