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

struct WebResponse {
  int status = 200;
  std::string content_type = "application/json; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // beyond those of every response
};

// Answers one request, at once or later, on the loop's thread. Further calls, and those after the
// client has gone, do nothing.
using WebReply = std::function<void(WebResponse)>;

// {"error": "…"}
[[nodiscard]] WebResponse error_response(int status, std::string_view message);

// The response as bytes, with the headers that every response of ours carries. `without_body`: the
// answer to HEAD, which still tells the body's length.
[[nodiscard]] std::string response_bytes(const WebResponse& response, bool keep_alive,
                                         bool without_body);

}  // namespace gatewatch::daemon::web
