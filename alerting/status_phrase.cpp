#include "alerting/status_phrase.h"

#include <algorithm>
#include <array>

namespace gatewatch::alerting {
namespace {

struct Row {
  int status;
  std::string_view phrase;
};

constexpr std::array table = {
    Row{200, "OK"},
    Row{201, "Created"},
    Row{202, "Accepted"},
    Row{204, "No Content"},
    Row{206, "Partial Content"},
    Row{300, "Multiple Choices"},
    Row{301, "Moved Permanently"},
    Row{302, "Found"},
    Row{303, "See Other"},
    Row{304, "Not Modified"},
    Row{307, "Temporary Redirect"},
    Row{308, "Permanent Redirect"},
    Row{400, "Bad Request"},
    Row{401, "Unauthorized"},
    Row{402, "Payment Required"},
    Row{403, "Forbidden"},
    Row{404, "Not Found"},
    Row{405, "Method Not Allowed"},
    Row{406, "Not Acceptable"},
    Row{407, "Proxy Authentication Required"},
    Row{408, "Request Timeout"},
    Row{409, "Conflict"},
    Row{410, "Gone"},
    Row{411, "Length Required"},
    Row{412, "Precondition Failed"},
    Row{413, "Content Too Large"},
    Row{414, "URI Too Long"},
    Row{415, "Unsupported Media Type"},
    Row{416, "Range Not Satisfiable"},
    Row{417, "Expectation Failed"},
    Row{421, "Misdirected Request"},
    Row{422, "Unprocessable Content"},
    Row{425, "Too Early"},
    Row{426, "Upgrade Required"},
    Row{428, "Precondition Required"},
    Row{429, "Too Many Requests"},
    Row{431, "Request Header Fields Too Large"},
    Row{444, "No Response"},
    Row{451, "Unavailable For Legal Reasons"},
    Row{495, "SSL Certificate Error"},
    Row{496, "SSL Certificate Required"},
    Row{497, "HTTP Request Sent to HTTPS Port"},
    Row{499, "Client Closed Request"},
    Row{500, "Internal Server Error"},
    Row{501, "Not Implemented"},
    Row{502, "Bad Gateway"},
    Row{503, "Service Unavailable"},
    Row{504, "Gateway Timeout"},
    Row{505, "HTTP Version Not Supported"},
    Row{507, "Insufficient Storage"},
    Row{508, "Loop Detected"},
    Row{511, "Network Authentication Required"},
    Row{520, "Web Server Returned an Unknown Error"},
    Row{521, "Web Server Is Down"},
    Row{522, "Connection Timed Out"},
    Row{523, "Origin Is Unreachable"},
    Row{524, "A Timeout Occurred"},
    Row{525, "SSL Handshake Failed"},
    Row{526, "Invalid SSL Certificate"},
    Row{527, "Railgun Error"},
    Row{530, "Origin DNS Error"},
};
static_assert(std::ranges::is_sorted(table, {}, &Row::status));

}  // namespace

std::string_view status_phrase(int status) noexcept {
  const auto* const row = std::ranges::lower_bound(table, status, {}, &Row::status);
  return row != table.end() && row->status == status ? row->phrase : std::string_view{};
}

}  // namespace gatewatch::alerting
