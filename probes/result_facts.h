// What a finished exchange leaves in its Result: the facts of TLS and of the response, with
// secrets taken out.

#pragma once

#include "probes/net/http_exchange.h"
#include "probes/net/tls_stream.h"
#include "probes/result.h"
#include "probes/target.h"

namespace gatewatch {

inline constexpr std::size_t longest_response_head = 16 << 10;  // bytes

// Forgets what the hop before has left: facts are of the last hop alone, timings of all.
void clear_hop_facts(Result& result);
void keep_tls_facts(Result& result, const net::TlsStream& stream);
// The head is kept where the result, whose outcome must be set, is failing.
void keep_response_facts(Result& result, const net::HttpExchange& exchange);
// Takes what we sent in confidence out of everything that quotes the server.
void hide_secrets(Result& result, const Target& target);

}  // namespace gatewatch
