#include "probes/result_facts.h"

#include <algorithm>
#include <utility>

#include "probes/redaction.h"
#include "probes/text.h"

namespace gatewatch {

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
  const bool shown = result.is_failing() || result.kind == ProbeKind::Manual;
  if (shown) result.response_head = redact_head(exchange.raw_head());
}

void hide_secrets(Result& result, const Target& target) {
  auto secrets = secrets_of(target.route);
  if (target.proxy) secrets.push_back(target.proxy->password.reveal());
  result.detail = one_line(hide_secrets(std::move(result.detail), secrets));
  auto head = hide_secrets(std::move(result.response_head), secrets);
  head.resize(std::min(head.size(), longest_response_head));
  result.response_head = std::move(head);
}

}  // namespace gatewatch
