// Recognises credentials by their looks: what a server's page may show of other people's secrets,
// or of its own (a framework's error page that prints its environment). Pure.

#pragma once

#include <string>

namespace gatewatch {

// `text`, any bytes, with each of these replaced by the mark of probes/redaction.h: values of
// fields named like a password, token, key, session, signature or cookie, in headers, forms, JSON
// (escapes and all), XML, HTML inputs and queries; bearer and basic credentials; JSON web tokens;
// passwords in URLs; private keys in PEM; keys with a vendor's prefix. One whose end was cut off is
// recognised too.
// What follows the 500th place where one may begin is replaced as a whole.
[[nodiscard]] std::string hide_tokens(std::string text);

}  // namespace gatewatch
