#include "probes/request_writer.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "probes/text.h"

namespace gatewatch {
namespace {

using net::equals_ignoring_case;

// What describes the body, and goes where the body goes.
bool describes_body(std::string_view name) {
  return name.size() > 8 && equals_ignoring_case(name.substr(0, 8), "Content-");
}

bool sends_body(const config::Route& route, const Hop& hop) {
  return hop.with_body && !route.body.empty();
}

bool goes_along(const config::Header& header, const Hop& hop) {
  return (hop.with_credentials || is_harmless_header(header.name)) &&
         (hop.with_body || !describes_body(header.name));
}

void append_line(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [marks](char character) {
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
           (character >= 'A' && character <= 'Z') ||
           marks.find(character) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::ranges::none_of(text, [](char character) {
    const auto byte = static_cast<unsigned char>(character);
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
  });
}

}  // namespace

bool is_harmless_header(std::string_view name) {
  constexpr std::array<std::string_view, 3> harmless = {"Content-Type", "Accept", "User-Agent"};
  return std::ranges::any_of(harmless,
                             [name](auto known) { return equals_ignoring_case(name, known); });
}

std::string write_request(const config::Route& route, const Hop& hop,
                          const RequestDetails& details) {
  constexpr std::size_t usual_size = 384;
  std::string text;
  text.reserve(usual_size + route.body.size());
  text.append(hop.method).append(" ");
  if (details.form == TargetForm::Absolute) text.append(hop.url.origin());
  text.append(hop.url.request_target()).append(" HTTP/1.1\r\n");
  const auto add = [&](std::string_view name, std::string_view value) {
    const bool overridden = std::ranges::any_of(route.headers, [&](const config::Header& header) {
      return equals_ignoring_case(header.name, name) && goes_along(header, hop);
    });
    if (!overridden) append_line(text, name, value);
  };
  add("Host", hop.url.authority());
  add("User-Agent", details.user_agent);
  add("Accept", "*/*");
  add("Accept-Encoding", "gzip, deflate");
  add("traceparent", details.traceparent);
  for (const auto& header : route.headers) {
    if (goes_along(header, hop)) append_line(text, header.name, header.value.reveal());
  }
  if (!details.proxy_authorization.empty()) {
    add("Proxy-Authorization", details.proxy_authorization);
  }
  add("Connection", "close");
  const bool has_body = sends_body(route, hop);
  if (has_body || hop.method == "POST" || hop.method == "PUT" || hop.method == "PATCH") {
    add("Content-Length", std::to_string(has_body ? route.body.size() : 0));
  }
  text += "\r\n";
  if (has_body) text += route.body;
  return text;
}

std::optional<Error> check_request(const config::Route& route) {
  if (!is_token(route.method) || route.method == "CONNECT") {
    return Error{fmt::format("{} is no method that a probe can use", quote(route.method))};
  }
  for (const auto& header : route.headers) {
    if (!is_token(header.name)) {
      return Error{fmt::format("{} is no name of a header", quote(header.name))};
    }
    if (!is_field_value(header.value.reveal())) {
      return Error{
          fmt::format("the value of header {} holds a line end or control byte", header.name)};
    }
  }
  return std::nullopt;
}

}  // namespace gatewatch
