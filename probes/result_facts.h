// What a finished exchange leaves in its Result: the facts of TLS and of the response, and evidence
// where it failed, with secrets taken out.

#pragma once

#include <string_view>

#include "probes/net/http_exchange.h"
#include "probes/net/tls_stream.h"
#include "probes/result.h"
#include "probes/target.h"

namespace gatewatch {

// Forgets what the hop before has left: facts are of the last hop alone, timings of all.
void clear_hop_facts(Result& result);
void keep_tls_facts(Result& result, const net::TlsStream& stream);
void keep_response_facts(Result& result, const net::HttpExchange& exchange);
// The last hop's, as far as it came.
struct Exchange {
  const net::HttpExchange* answer = nullptr;  // null: nothing was asked
  const net::TlsStream* tls = nullptr;
  std::string_view host;  // whose address was wanted
};
// Takes what we sent in confidence, the cookies that the server sets and what looks like a
// credential out of the detail, which may quote the server; and keeps evidence where the result,
// whose outcome must be set, is failing, or somebody asked by hand.
void keep_evidence(Result& result, const Exchange& exchange, const Target& target);

}  // namespace gatewatch
