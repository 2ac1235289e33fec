#include "daemon/web/web_message.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "probes/text.h"

namespace gatewatch::daemon::web {
namespace {

std::string_view status_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

// Which header tells where the body ends; empty where the end of the connection does.
std::string length_header(const WebResponse& response, const WireForm& form) {
  if (!response.pieces) {
    return fmt::format("Content-Length: {}\r\n", response.body.size());
  }
  return form.chunked ? "Transfer-Encoding: chunked\r\n" : "";
}

}  // namespace

WebResponse error_response(int status, std::string_view message) {
  const nlohmann::json body = {{"error", clean_utf8(message)}};
  return {.status = status, .body = body.dump() + "\n", .headers = {}};
}

std::string response_bytes(const WebResponse& response, const WireForm& form) {
  std::string bytes = fmt::format(
      "HTTP/1.1 {} {}\r\n"
      "Content-Type: {}\r\n"
      "{}"
      "Connection: {}\r\n"
      "Cache-Control: no-store\r\n"
      "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
      "Cross-Origin-Resource-Policy: same-origin\r\n"
      "Referrer-Policy: no-referrer\r\n"
      "X-Content-Type-Options: nosniff\r\n",
      response.status, status_phrase(response.status), response.content_type,
      length_header(response, form), form.keep_alive ? "keep-alive" : "close");
  for (const auto& [name, value] : response.headers) {
    bytes += name + ": " + value + "\r\n";
  }
  bytes += "\r\n";
  if (!form.without_body && !response.pieces) {
    bytes += response.body;
  }
  return bytes;
}

std::string chunk_bytes(std::string_view piece) {
  return piece.empty() ? "0\r\n\r\n" : fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
}

}  // namespace gatewatch::daemon::web
