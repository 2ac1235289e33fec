// A route made ready to be probed. Reading files and compiling patterns happens here, before any
// probe, and never on a loop thread that probes.

#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <utility>

#include "config/config.h"
#include "config/error.h"
#include "probes/judge.h"
#include "probes/net/tls_context.h"
#include "probes/proxy.h"

namespace gatewatch {

// Immutable; shared by the probes of the route, on any thread.
struct Target {
  std::shared_ptr<const config::Route> route;  // of the configuration, where it came from one
  std::shared_ptr<const net::TlsContext> tls;  // for the origin of the route's URL
  std::shared_ptr<const net::TlsContext> tls_elsewhere;  // for others: no client certificate
  std::shared_ptr<const Judge> judge;
  std::optional<Proxy> proxy;

  // Both TLS contexts are always set: a redirect may lead to https.
};

// Makes the targets of one configuration. Routes with equal TLS settings share one context, since
// loading the system's trust store takes tens of milliseconds; those with equal expectations that
// come after each other share a judge. A factory keeps the files as it first read them, so each
// reload wants a new one. One thread.
class TargetFactory {
 public:
  // Fails where a file of the TLS settings cannot be used, or where the method, a header, the
  // proxy or an expectation cannot.
  [[nodiscard]] std::expected<std::shared_ptr<const Target>, Error> create(
      std::shared_ptr<const config::Route> route);
  // Of a route that nobody else holds.
  [[nodiscard]] std::expected<std::shared_ptr<const Target>, Error> create(config::Route route) {
    return create(std::make_shared<const config::Route>(std::move(route)));
  }

 private:
  [[nodiscard]] std::expected<std::shared_ptr<const Judge>, Error> judge(
      const config::Expectation& expectation);

  net::TlsContextCache contexts_;
  config::Expectation judged_;               // what last_judge_ was made of
  std::shared_ptr<const Judge> last_judge_;  // nullptr at first
};

}  // namespace gatewatch
