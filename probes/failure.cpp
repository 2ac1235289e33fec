#include "probes/failure.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "probes/text.h"

namespace gatewatch {
namespace {

using net::IoStatus;

Verdict make(Outcome outcome, std::string_view reason, const std::string& detail) {
  return {outcome, std::string(reason), one_line(detail)};
}

// "Connection refused (111)", or how the status is called where no error number came.
std::string cause(net::IoResult result) {
  if (result.code == 0) return std::string(io_status_name(result.status));
  return fmt::format("{} ({})", std::generic_category().message(result.code), result.code);
}

// What no target can bring about.
Verdict own_fault(net::IoResult result, const std::string& doing) {
  const auto reason = [result] {
    if (result.status == IoStatus::NoResources) return "no_resources";
    if (result.status == IoStatus::NoRoute) return "no_route";
    const bool forbidden = result.code == EACCES || result.code == EPERM;
    return forbidden ? "not_permitted" : "local_error";
  }();
  return make(Outcome::Vantage, reason,
              fmt::format("our own system failed while {}: {}", doing, cause(result)));
}

std::string doing(Phase phase) {
  constexpr std::array<std::string_view, phase_count> texts = {
      "resolving the name",
      "connecting",
      "in the TLS handshake",
      "sending the request",
      "waiting for the first byte of the answer",
      "reading the answer",
  };
  return std::string(texts[static_cast<std::size_t>(phase)]);
}

}  // namespace

Verdict resolution_failure(const net::Resolution& resolution, const std::string& host,
                           const std::string& resolver) {
  const auto reason = net::dns_status_name(resolution.status);
  auto detail = fmt::format("the name {} was not resolved: {}", host, reason);
  if (!resolution.detail.empty()) detail += ", " + resolution.detail;
  const bool ours =
      resolution.status == net::DnsStatus::NoResolver && resolver == config::system_resolver;
  return make(ours ? Outcome::Vantage : Outcome::DnsFailure, reason, detail);
}

Verdict connect_failure(net::IoResult result, const Endpoint& endpoint) {
  const auto say = [&](Outcome outcome, std::string_view what) {
    return make(outcome, "", fmt::format("{} {}: {}", endpoint.text(), what, cause(result)));
  };
  switch (result.status) {
    case IoStatus::Refused:
      return say(Outcome::ConnectRefused, "refused the connection");
    case IoStatus::TimedOut:
      return say(Outcome::ConnectTimeout, "did not answer in time");
    case IoStatus::Unreachable:
      return say(Outcome::ConnectUnreachable, "cannot be reached");
    case IoStatus::Reset:
      return say(Outcome::ConnectionReset, "reset the connection");
    default:
      return own_fault(result, "connecting to " + endpoint.text());
  }
}

Verdict connection_failure(net::IoResult result, Phase phase) {
  const auto name = phase_name(phase);
  const auto sentence = [&](std::string_view what) {
    return fmt::format("{} while {}: {}", what, doing(phase), cause(result));
  };
  switch (result.status) {
    case IoStatus::Reset:
      return make(Outcome::ConnectionReset, name, sentence("the connection was reset"));
    case IoStatus::TimedOut:
      return make(Outcome::Timeout, name, sentence("the kernel gave the connection up"));
    case IoStatus::Unreachable:
      return make(Outcome::ConnectUnreachable, name, sentence("the network lost the server"));
    case IoStatus::TlsFailure:
      return make(Outcome::TlsFailure, "record", sentence("TLS broke"));
    default:
      return own_fault(result, doing(phase));
  }
}

Verdict tls_failure(const net::TlsFailure& failure) {
  return make(Outcome::TlsFailure, failure.reason, failure.detail);
}

Verdict exchange_failure(const net::HttpExchange& exchange) {
  const auto outcome = [failure = exchange.failure()] {
    switch (failure) {
      case net::ExchangeFailure::Empty:
        return Outcome::EmptyReply;
      case net::ExchangeFailure::IncompleteHeaders:
        return Outcome::IncompleteHeaders;
      case net::ExchangeFailure::IncompleteBody:
        return Outcome::IncompleteBody;
      case net::ExchangeFailure::HeaderTooLarge:
        return Outcome::HeaderTooLarge;
      case net::ExchangeFailure::BodyTooLarge:
        return Outcome::BodyTooLarge;
      case net::ExchangeFailure::DecodeError:
        return Outcome::DecodeError;
      default:
        return Outcome::MalformedResponse;
    }
  }();
  return make(outcome, "", exchange.failure_detail());
}

Verdict deadline_failure(Phase phase, config::Duration timeout) {
  const auto detail = fmt::format("the deadline of {} passed while {}",
                                  config::format_duration(timeout), doing(phase));
  if (phase == Phase::Dns) return make(Outcome::DnsFailure, "timeout", detail);
  if (phase == Phase::Connect) return make(Outcome::ConnectTimeout, "", detail);
  return make(Outcome::Timeout, phase_name(phase), detail);
}

Verdict stalled_deadline(Phase phase, config::Duration timeout, config::Duration late) {
  return make(
      Outcome::Vantage, "stalled",
      fmt::format("gatewatch itself stood still for {} when the deadline of {} passed while {}",
                  format_short(late), config::format_duration(timeout), doing(phase)));
}

Verdict target_refusal(const std::string& host) {
  const bool is_literal = IpAddress::parse(host).has_value();
  return make(Outcome::TargetRefused, "",
              fmt::format("{} allowed as a target (daemon.targets)",
                          is_literal ? host + " is not" : "no address of " + host + " is"));
}

Verdict redirect_target_refusal(const std::string& host) {
  return make(Outcome::RedirectRefused, "target",
              "a redirect leads astray: " + target_refusal(host).detail);
}

Verdict proxy_failure(const Proxy& proxy, const Verdict& failure) {
  if (failure.outcome == Outcome::Vantage || failure.outcome == Outcome::TargetRefused) {
    return failure;
  }
  const auto reason = [&failure]() -> std::string_view {
    switch (failure.outcome) {
      case Outcome::DnsFailure:
        return "dns";
      case Outcome::ConnectTimeout:
      case Outcome::Timeout:
        return "timeout";
      case Outcome::ConnectionReset:
      case Outcome::EmptyReply:
        return "closed";
      default:
        return "connect";
    }
  }();
  return make(Outcome::ProxyFailure, reason,
              fmt::format("the proxy {} failed: {}", proxy.name(), failure.detail));
}

Verdict proxy_failure(const Proxy& proxy, const ProxyFault& fault) {
  return make(Outcome::ProxyFailure, fault.reason,
              fmt::format("the proxy {} {}", proxy.name(), fault.detail));
}

}  // namespace gatewatch
