#include "probes/random_pool.h"

#include <algorithm>

#include "probes/net/invariant.h"
#include "probes/trace_context.h"

namespace gatewatch {

void RandomPool::fill(std::span<std::byte> bytes) {
  net::require(bytes.size() <= capacity, "more random bytes than the pool holds");
  if (bytes.size() > capacity - used_) {
    fill_from_system(bytes_);
    used_ = 0;
  }
  const auto taken = std::span(bytes_).subspan(used_, bytes.size());
  std::ranges::copy(taken, bytes.begin());
  std::ranges::fill(taken, std::byte{0});  // none is given out twice
  used_ += bytes.size();
}

}  // namespace gatewatch
