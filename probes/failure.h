// From what the network reported to an outcome, its reason and a sentence: pure. The one place
// that says which of our own faults is `vantage` and which of the target's is what.

#pragma once

#include <string>

#include "config/ip_address.h"
#include "config/outcome.h"
#include "config/units.h"
#include "probes/judge.h"
#include "probes/net/http_exchange.h"
#include "probes/net/network.h"
#include "probes/net/tls_stream.h"
#include "probes/proxy.h"

namespace gatewatch {

// `vantage` has the reason "no_resolver", "no_resources", "no_route", "not_permitted" (by a
// firewall of ours), "stalled" or "local_error".
// `resolver` is the route's. Where the system's name servers do not answer it is our fault; one
// that the route names itself is part of what is probed.
[[nodiscard]] Verdict resolution_failure(const net::Resolution& resolution, const std::string& host,
                                         const std::string& resolver);
[[nodiscard]] Verdict connect_failure(net::IoResult result, const Endpoint& endpoint);
// A connection that stood broke in `phase`; EndOfStream is the exchange's to judge, not ours.
[[nodiscard]] Verdict connection_failure(net::IoResult result, Phase phase);
[[nodiscard]] Verdict tls_failure(const net::TlsFailure& failure);
[[nodiscard]] Verdict exchange_failure(const net::HttpExchange& exchange);
// The deadline passed in `phase`.
[[nodiscard]] Verdict deadline_failure(Phase phase, config::Duration timeout);
// The same where our loop came to it so much too late that the target may have answered in time.
[[nodiscard]] Verdict stalled_deadline(Phase phase, config::Duration timeout,
                                       config::Duration late);
// `host`: a name none of whose addresses is permitted, or an address.
[[nodiscard]] Verdict target_refusal(const std::string& host);
// The same where a redirect led there: RedirectRefused with the reason "target".
[[nodiscard]] Verdict redirect_target_refusal(const std::string& host);

// The same failure where it met the proxy, on the way to it or in its greeting. Our own fault
// stays our own.
[[nodiscard]] Verdict proxy_failure(const Proxy& proxy, const Verdict& failure);
[[nodiscard]] Verdict proxy_failure(const Proxy& proxy, const ProxyFault& fault);

}  // namespace gatewatch
