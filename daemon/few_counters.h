// Counters by a small number of keys, for where most of the possible keys never come: one that did
// not come takes no place.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gatewatch::daemon {

// At most `Limit` keys get a counter of their own, in the order of their coming; what comes with
// further ones is counted in others().
template <typename Key, std::size_t Limit>
class FewCounters {
 public:
  struct Counter {
    Key key;
    std::uint32_t count;
  };

  void add(Key key) {
    const auto found = std::ranges::find(counters_, key, &Counter::key);
    if (found != counters_.end()) {
      ++found->count;
    } else if (counters_.size() < Limit) {
      counters_.push_back({key, 1});
    } else {
      ++others_;
    }
  }

  [[nodiscard]] std::span<const Counter> all() const { return counters_; }
  [[nodiscard]] std::uint32_t others() const { return others_; }

 private:
  std::vector<Counter> counters_;
  std::uint32_t others_ = 0;
};

}  // namespace gatewatch::daemon
