// The forms of names and texts that the configuration takes: pure checks.

#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "config/error.h"

namespace gatewatch::config {

[[nodiscard]] std::string lower_case(std::string_view text);

// A token of RFC 9110 section 5.6.2: method and header names.
[[nodiscard]] bool is_token(std::string_view text);
// A header value without control bytes (a tab is allowed): nothing that could begin a new line.
[[nodiscard]] bool is_field_value(std::string_view text);
// A header whose value is a credential by its nature.
[[nodiscard]] bool is_credential_header(std::string_view name);
// One label of a URL path for people: a route, group, rule, channel or region. The error says
// what is wrong with it.
[[nodiscard]] std::optional<Error> check_name(std::string_view name);
// The ASCII form of a host name or address that stands alone, as a URL takes it.
[[nodiscard]] std::expected<std::string, Error> parse_host(std::string_view text);
// "local@domain" in ASCII, without display name, comments or quotes (a subset of RFC 5321 section
// 4.1.2): what every mail server takes.
[[nodiscard]] bool is_mail_address(std::string_view text);
// The same of an address whose domain may be an international name.
[[nodiscard]] std::optional<std::string> parse_mail_address(std::string_view text);
// RFC 6901.
[[nodiscard]] bool is_json_pointer(std::string_view text);
// "http://[USER:PASSWORD@]HOST:PORT" or "socks5://…".
[[nodiscard]] bool is_proxy(std::string_view text);
// What RE2 says against a pattern, if anything.
[[nodiscard]] std::optional<Error> check_pattern(const std::string& pattern);

}  // namespace gatewatch::config
