// What the handlers of our own HTTP server are asked, and what they answer.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "probes/net/http_message.h"

namespace gatewatch::daemon::web {

struct WebRequest {
  std::string method;   // GET, HEAD or POST
  std::string path;     // as matched
  std::int64_t id = 0;  // what stood for {id} in the path; 0: the path has none
  std::map<std::string, std::string> query;  // decoded, valid UTF-8, each name once
  net::Headers headers;
  std::string body;
};

// The next piece of a body, made when the one before it is on its way to the client; an empty one
// ends it. Called on the loop's thread, which each call holds: a piece is some tens of KiB.
using WebPieces = std::function<std::string()>;

struct WebResponse {
  int status = 200;
  std::string content_type = "application/json; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // beyond those of every response
  WebPieces pieces{};  // of a body that is too large to be held whole; `body` is then unused
};

// Answers one request, at once or later, on the loop's thread. Further calls, and those after the
// client has gone, do nothing.
using WebReply = std::function<void(WebResponse)>;

// {"error": "…"}
[[nodiscard]] WebResponse error_response(int status, std::string_view message);

// How one response stands on the wire.
struct WireForm {
  bool keep_alive = true;
  bool without_body = false;  // the answer to HEAD, which still tells the body's length
  bool chunked = true;        // pieces: else the end of the connection is theirs (HTTP/1.0)
};

// The response as bytes, with the headers that every response of ours carries; of one in pieces its
// head alone.
[[nodiscard]] std::string response_bytes(const WebResponse& response, const WireForm& form);
// One piece of a body as a chunk (RFC 9112 section 7.1); of an empty piece the last chunk.
[[nodiscard]] std::string chunk_bytes(std::string_view piece);

}  // namespace gatewatch::daemon::web
