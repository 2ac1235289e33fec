#include "probes/result_facts.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "probes/redaction.h"
#include "probes/request_ids.h"
#include "probes/text.h"
#include "probes/token_redaction.h"

namespace gatewatch {
namespace {

std::string cut(std::string text, std::size_t limit) {
  text.resize(std::min(text.size(), limit));
  return text;
}

// What we send in confidence.
std::vector<std::string> secrets_sent(const Target& target) {
  auto secrets = secrets_of(*target.route);
  if (target.proxy) {
    constexpr std::string_view scheme = "Basic ";
    const auto authorization = target.proxy->authorization();
    if (authorization.starts_with(scheme)) {
      add_secret(secrets, std::string_view(authorization).substr(scheme.size()));
    }
    add_secret(secrets, target.proxy->password.reveal());
  }
  return secrets;
}

std::string redacted(std::string text, const std::vector<std::string>& secrets) {
  return hide_tokens(hide_secrets(std::move(text), secrets));
}

void show_answer(Evidence& evidence, const net::HttpExchange& exchange,
                 const std::vector<std::string>& secrets) {
  const auto& response = exchange.response();
  evidence.head = cut(redacted(redact_head(exchange.raw_head()), secrets), Evidence::longest_head);
  evidence.request_ids = request_ids(evidence.head);
  evidence.body = cut(redacted(response.body.substr(0, Evidence::longest_body), secrets),
                      Evidence::longest_body);
  evidence.body_length = response.body_length;
  evidence.body_complete = exchange.state() == net::ExchangeState::Complete;
  auto digest = exchange.body_digest();
  evidence.body_sha256 = std::move(digest.sha256);
  evidence.body_hashed = digest.size;
}

}  // namespace

void clear_hop_facts(Result& result) {
  result.status = 0;
  result.body_size = 0;
  result.remote.reset();
  result.http_version.clear();
  result.tls_version.clear();
  result.tls_cipher.clear();
  result.certificate.reset();
}

void keep_tls_facts(Result& result, const net::TlsStream& stream) {
  result.tls_version = stream.version();
  result.tls_cipher = stream.cipher();
  result.certificate = stream.certificate();
}

void keep_response_facts(Result& result, const net::HttpExchange& exchange) {
  const auto& response = exchange.response();
  if (exchange.has_status()) {
    result.status = response.status;
    result.http_version = response.http_version;
  }
  result.body_size = response.body_size;
}

void keep_evidence(Result& result, const Exchange& exchange, const Target& target) {
  const bool shown = result.is_failing() || result.kind == ProbeKind::Manual;
  if (!shown && result.detail.empty()) return;
  auto secrets = secrets_sent(target);
  if (exchange.answer != nullptr) {
    for (const auto& [name, value] : exchange.answer->response().headers.all()) {
      if (net::equals_ignoring_case(name, "set-cookie")) add_secret(secrets, cookie_value(value));
    }
  }
  result.detail = one_line(redacted(std::move(result.detail), secrets));
  if (!shown) return;
  Evidence evidence;
  if (exchange.answer != nullptr) show_answer(evidence, *exchange.answer, secrets);
  if (exchange.tls != nullptr) evidence.chain_fingerprint = exchange.tls->chain_fingerprint();
  if (!IpAddress::parse(exchange.host)) evidence.resolver = target.route->resolver;
  result.evidence = SharedEvidence(std::move(evidence));
}

}  // namespace gatewatch
