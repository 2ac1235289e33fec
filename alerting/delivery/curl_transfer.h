// One attempt at one request, by libcurl's easy interface, on the calling thread. libcurl's SMTP
// waits inside a call for the answers to end-of-data and QUIT, in the multi interface too; so
// each attempt has a thread to itself, and no slow receiver holds up another.

#pragma once

#include <string>

#include "alerting/delivery/curl_sender.h"
#include "alerting/delivery/request.h"
#include "alerting/delivery/sender.h"
#include "alerting/delivery/socket_guard.h"

namespace gatewatch::alerting {

struct TransferOutcome {
  SendResult result;
  std::string notice;  // for the log: a delivery that is not quite whole; empty: none
};

// Blocks until the receiver answered, the timeout passed or `guard` was cut off.
[[nodiscard]] TransferOutcome perform_http(const HttpRequest& request,
                                           const CurlSenderSettings& settings, SocketGuard& guard);
[[nodiscard]] TransferOutcome perform_mail(const MailRequest& request,
                                           const CurlSenderSettings& settings, SocketGuard& guard);

}  // namespace gatewatch::alerting
