// The silences that people made while the daemon runs: their numbers, and which are not over. They
// come from the store at the start.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "config/error.h"
#include "probes/net/network.h"
#include "storage/store.h"

namespace gatewatch::daemon {

// Belongs to the main loop.
class SilenceBook {
 public:
  // Called with each that is made or ended, when the list is as it is then.
  using Changed = std::function<void(const storage::SilenceRecord&)>;
  SilenceBook(const net::Clock& clock, Changed changed)
      : clock_(clock), changed_(std::move(changed)) {}

  // Those of the store that are not over. Their numbers go on after the highest that was ever seen.
  [[nodiscard]] std::optional<Error> load(storage::Store& store);

  // As it is kept: with its number.
  storage::SilenceRecord add(storage::SilenceRecord silence);
  // As it is then: over. Nothing where there is none of that number, or it is over already.
  [[nodiscard]] std::optional<storage::SilenceRecord> end(std::int64_t id);

  // In force, now or later.
  [[nodiscard]] const std::vector<storage::SilenceRecord>& list() const { return silences_; }

 private:
  void forget_what_is_over(Timestamp now);

  const net::Clock& clock_;
  Changed changed_;
  std::vector<storage::SilenceRecord> silences_;
  std::int64_t last_ = 0;
};

}  // namespace gatewatch::daemon
