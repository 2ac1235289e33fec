// The real Sender: libcurl does HTTP, SMTP, TLS, AUTH. Receivers are under the target policy,
// checked on the address of the connection; redirects are not followed; no proxy from the
// environment; TLS is always verified; SMTP is never spoken in clear unless tls = "none".

#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "alerting/delivery/sender.h"
#include "config/ip_address.h"
#include "probes/net/network.h"

namespace gatewatch::alerting {

struct CurlSenderSettings {
  TargetPolicy policy;
  std::string user_agent;
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds timeout{30'000};  // of one attempt
  int transfers = 64;                         // at once; more wait
  // Both are called on the loop thread.
  std::function<void(const LogRequest&)> log;
  std::function<void(const std::string&)> notice;  // a delivery that is not quite whole
};

// `network` delivers `done` on its loop thread; it must outlive the sender.
[[nodiscard]] std::expected<std::unique_ptr<Sender>, Error> make_curl_sender(
    net::Network& network, CurlSenderSettings settings);

}  // namespace gatewatch::alerting
