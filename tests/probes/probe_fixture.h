// What the tests of probes share: routes and targets in a line, and one probe run to its result.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "probes/http_probe.h"
#include "probes/target.h"

namespace gatewatch::tests {

// A GET with a deadline of 10 s, no redirects judged away, 2xx expected.
[[nodiscard]] config::Route make_route(const std::string& url);

// With the trust store of the route; its files must be good.
[[nodiscard]] std::shared_ptr<const Target> make_target(config::Route route);

// Permits every address; ids are drawn from a generator of its own, by the seed.
[[nodiscard]] ProbeIdentity make_identity(std::uint64_t seed = 1);

// One probe of `route`, and what became of it.
class ProbeRun {
 public:
  ProbeRun(net::Network& network, const config::Route& route, std::uint64_t turn = 0,
           ProbeIdentity identity = make_identity(), ProbeKind kind = ProbeKind::Scheduled);

  void start();
  void cancel() { probe_.reset(); }
  [[nodiscard]] bool is_done() const { return result_.has_value(); }
  [[nodiscard]] const Result& result() const { return result_.value(); }
  // Called when the result is there; may destroy this object.
  std::function<void()> on_done;

 private:
  std::unique_ptr<Probe> probe_;
  std::optional<Result> result_;
  bool is_starting_ = false;
};

}  // namespace gatewatch::tests
