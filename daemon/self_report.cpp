#include "daemon/self_report.h"

#include <utility>

#include "daemon/counted.h"

namespace gatewatch::daemon {

constexpr std::uint64_t longest_log = std::uint64_t{256} << 20;  // bytes

std::vector<SelfReport::Line> SelfReport::look(const OwnState& state) {
  std::vector<Line> lines;
  note(lines, "storage", state.recorder.last_error);
  std::uint64_t given_up = 0;
  for (const auto& [name, channel] : state.channels) {
    note(lines, "channel " + name, channel.last_error);
    given_up += channel.given_up;
  }
  note(lines, "write-ahead log",
       state.recorder.sizes.log > longest_log ? "it grows: another program has been reading the "
                                                "database without a pause"
                                              : "");
  if (const auto before = std::exchange(evidence_dropped_, state.recorder.dropped_evidence);
      before < evidence_dropped_) {
    lines.push_back({true, "evidence dropped",
                     counted(evidence_dropped_ - before, "result") +
                         " stored without evidence for want of room in the queue"});
  }
  const auto dropped = state.recorder.dropped_results + state.lost_results;
  if (const auto before = std::exchange(dropped_, dropped); dropped > before) {
    lines.push_back(
        {true, "results dropped",
         counted(dropped - before, "result") + " not stored for want of room in the queue"});
  }
  if (const auto before = std::exchange(given_up_, given_up); given_up > before) {
    lines.push_back({true, "notifications given up",
                     counted(given_up - before, "notification") + " will not be delivered"});
  }
  return lines;
}

void SelfReport::note(std::vector<Line>& lines, const std::string& what, const std::string& error) {
  auto& told = troubles_[what];
  if (told == error) return;
  told = error;
  lines.push_back({!error.empty(), what, error.empty() ? "works again" : error});
}

}  // namespace gatewatch::daemon
