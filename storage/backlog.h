// What waits to be written, in memory, bounded by bytes. When it fills, evidence gives way first,
// then results; what went is known as gaps, which are written once there is room again. What people
// are told, and what they told us, never gives way. Pure: no thread, no clock.

#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/store.h"

namespace gatewatch::storage {

// What a result takes in memory, in bytes.
[[nodiscard]] std::size_t weight_of(const Result& result);

struct BacklogLimits {
  std::size_t bytes = std::size_t{64} << 20;  // of results, those that a Taken holds among them
  std::size_t batch_results = 10'000;         // of one batch
};

// A part of the backlog in the hands of the writer, until it is written.
struct Taken {
  Batch batch{};
  std::uint64_t results = 0;     // how many of those that were added it stands for
  std::uint64_t essentials = 0;  // likewise; several words on one delivery become the newest
  std::size_t bytes = 0;
  std::unordered_map<std::string, std::size_t> deliveries{};  // places in the batch, by key
};

class Backlog {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // In the order in which they give way.
  enum class Kind : std::uint8_t { Evidence, Results };
  static constexpr std::size_t kinds = 2;
  static constexpr auto gap_pause = std::chrono::minutes(1);  // what comes later is another gap

  struct Counts {  // since the beginning; each kind is first in, first out
    std::uint64_t results = 0;
    std::uint64_t essentials = 0;

    [[nodiscard]] bool reach(const Counts& target) const {
      return results >= target.results && essentials >= target.essentials;
    }
  };

  explicit Backlog(BacklogLimits limits) : limits_(limits) {}

  // Whether it was taken in: dropped and counted where there is no room.
  bool add(Result result, SteadyTime now);
  void add(IncidentStep step) { keep(queued_.batch.steps, std::move(step)); }
  void add(DeliveryRecord delivery) { keep(queued_.batch.deliveries, std::move(delivery)); }
  void add(SilenceRecord silence) { keep(queued_.batch.silences, std::move(silence)); }
  void add(ChangeRecord change) { keep(queued_.batch.changes, std::move(change)); }
  // One that was made before this backlog: written like its own.
  void add(const GapRecord& gap);

  // All that is essential joins `into`.
  void take_essentials(Taken& into);
  // Where `into` is empty it gets the oldest results, one batch at most, and the gaps.
  void take_results(Taken& into);
  // What was taken is written. `taken` is empty then.
  void finish(Taken& taken);

  [[nodiscard]] const Counts& added() const { return added_; }
  [[nodiscard]] const Counts& written() const { return written_; }
  [[nodiscard]] std::uint64_t dropped(Kind kind) const {
    return dropped_[static_cast<std::size_t>(kind)];
  }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] bool has_essentials() const { return queued_.essentials > 0; }
  // When the oldest results that were not taken came, and whether they are a whole batch.
  [[nodiscard]] std::optional<SteadyTime> waiting_since() const;
  [[nodiscard]] bool has_full_batch() const;

 private:
  struct Chunk {
    SteadyTime begun;  // when the first one came
    std::size_t bytes = 0;
    std::size_t with_evidence = 0;
    std::vector<Result> results;
  };
  struct Gap {
    GapRecord record;
    bool is_told = false;  // as it is now
  };

  template <typename Record>
  void keep(std::vector<Record>& list, Record record) {
    list.push_back(std::move(record));
    ++queued_.essentials;
    ++added_.essentials;
  }
  void drop(Kind kind, Timestamp at);
  void give_way(Result& result);
  void shed_evidence();

  const BacklogLimits limits_;
  Taken queued_;                     // what is essential
  std::deque<Chunk> chunks_;         // all but the last are full; taking one holds nobody up
  std::map<std::string, Gap> gaps_;  // by kind: the newest
  std::vector<GapRecord> ended_;     // those before, while they are untold
  std::array<std::uint64_t, kinds> dropped_{};
  std::size_t bytes_ = 0;
  Counts added_;
  Counts written_;
};

}  // namespace gatewatch::storage
