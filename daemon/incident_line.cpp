#include "daemon/incident_line.h"

#include <string>

#include "config/config.h"

namespace gatewatch::daemon {

LogLevel log_level(std::string_view severity) {
  if (severity == config::severity_name(config::Severity::Critical)) return LogLevel::Error;
  if (severity == config::severity_name(config::Severity::Warning)) return LogLevel::Warning;
  return LogLevel::Info;
}

IncidentLine incident_line(const storage::IncidentStep& step) {
  const bool over = step.incident.state == storage::IncidentState::Resolved;
  return {.level = over ? LogLevel::Info : log_level(step.incident.severity),
          .fields = {{"id", std::to_string(step.incident.id)},
                     {"event", step.event.kind},
                     {"severity", step.incident.severity},
                     {"rule", step.incident.rule},
                     {"text", step.event.text}}};
}

}  // namespace gatewatch::daemon
