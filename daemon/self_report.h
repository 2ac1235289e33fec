// What the log says of gatewatch's own troubles: each when it begins and when it is over, losses
// with their number. Pure: compares a picture of the state with the one before.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "daemon/own_metrics.h"

namespace gatewatch::daemon {

class SelfReport {
 public:
  struct Line {
    bool is_trouble;  // false: it is over
    std::string what;
    std::string detail;

    friend bool operator==(const Line&, const Line&) = default;
  };

  // What has changed since the last look. Holds no secret.
  [[nodiscard]] std::vector<Line> look(const OwnState& state);

 private:
  void note(std::vector<Line>& lines, const std::string& what, const std::string& error);

  std::map<std::string, std::string> troubles_;  // what → the error as last told
  std::uint64_t dropped_ = 0;
  std::uint64_t evidence_dropped_ = 0;
  std::uint64_t given_up_ = 0;
};

}  // namespace gatewatch::daemon
