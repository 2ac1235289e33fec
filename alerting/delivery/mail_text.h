// The forms that text takes inside a mail: addresses (RFC 5322), header words (RFC 2047), bodies
// (RFC 2045 quoted-printable), dates. All results are ASCII without a bare CR or LF, in lines of at
// most 76 bytes where they have more than one.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "probes/time.h"

namespace gatewatch::alerting {

struct MailAddress {
  std::string name;     // may be empty, may be any UTF-8
  std::string address;  // "local@domain", ASCII

  // "local@domain" or "Name <local@domain>"; nothing where the address could mean anything else:
  // blanks, controls, quotes, commas, brackets, non-ASCII, over 254 bytes.
  [[nodiscard]] static std::optional<MailAddress> parse(std::string_view text);
  // For From and To.
  [[nodiscard]] std::string header_text() const;
  [[nodiscard]] std::string_view domain() const;
};

// One header with its CRLF, folded; `value` is clean text (one_line) and is encoded where it is
// not plain ASCII.
[[nodiscard]] std::string text_header(std::string_view name, std::string_view value);

// Lines separated by LF in, quoted-printable with CRLF out. "=_" never occurs in it, which makes
// it fit for a multipart boundary.
[[nodiscard]] std::string quoted_printable(std::string_view text);

// "Fri, 20 Nov 2026 10:05:06 +0000".
[[nodiscard]] std::string mail_date(Timestamp time);

// <, > and & and both quotes, for HTML text and attribute values.
[[nodiscard]] std::string html_escaped(std::string_view text);

}  // namespace gatewatch::alerting
