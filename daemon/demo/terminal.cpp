#include "daemon/demo/terminal.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "probes/result_json.h"

namespace gatewatch::daemon {
namespace {

// "10:05:06" of "2026-11-20T10:05:06.123Z".
std::string time_of_day(Timestamp time) {
  return format_timestamp(time).substr(11, 8);
}

std::string status_of(const Result& result) {
  return result.status == 0 ? std::string("---") : std::to_string(result.status);
}

}  // namespace

std::string demo_line(const Result& result) {
  const double milliseconds = std::chrono::duration<double, std::milli>(result.duration()).count();
  auto line = fmt::format("{}  {:<24}{:>4}{:>10.1f} ms", time_of_day(result.started), result.route,
                          status_of(result), milliseconds);
  if (result.is_failing()) line += fmt::format("  {}", outcome_row(result.outcome).title);
  if (result.kind == ProbeKind::Confirmation) line += "  (confirmation)";
  return line;
}

std::string demo_line(const storage::IncidentStep& step) {
  return fmt::format("{}  ==== incident {} {}: {}", time_of_day(step.event.at), step.incident.id,
                     step.event.kind, clean_utf8(step.event.text));
}

}  // namespace gatewatch::daemon
