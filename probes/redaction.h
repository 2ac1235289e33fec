// Keeps secrets out of what a result shows: the ones that we sent and a server may echo, and the
// ones that a server sends (cookies, tokens). Pure.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace gatewatch {

inline constexpr std::string_view redacted_mark = "[redacted]";

// Whether a header, or a field of JSON, is called like one whose value is a secret.
[[nodiscard]] bool names_secret(std::string_view name);

// The configured header values of `route` that may be secret, and each of the cookies and the
// password in them: what must not be echoed.
[[nodiscard]] std::vector<std::string> secrets_of(const config::Route& route);
// Adds `secret` in each form in which a page may show it: as it is, escaped for HTML, for JSON, for
// a URL. Short ones are left out: they would blot out words by chance, and are no secrets.
void add_secret(std::vector<std::string>& secrets, std::string_view secret);
// The value of the cookie that a Set-Cookie field sets.
[[nodiscard]] std::string_view cookie_value(std::string_view set_cookie);

// `text` with each of the secrets replaced by the mark; also one of which "…", or the end of the
// text, cut the end off.
[[nodiscard]] std::string hide_secrets(std::string text, const std::vector<std::string>& secrets);

// The head of a response with the values of cookie, authorization and token headers, and the
// query of a Location, replaced by the mark. Lines that continue such a header go with it.
[[nodiscard]] std::string redact_head(std::string_view raw_head);

}  // namespace gatewatch
