// An absolute http or https URL, or a reference to one, taken apart (RFC 3986). Stricter than
// browsers: no control bytes, no backslashes, no user information that would leak, host names of
// at most 253 bytes with labels of at most 63, and no blanks but in a server's reference. Numeric
// host spellings that only inet_aton reads (octal, hex, short) are refused rather than guessed.
// International host names in UTF-8 are turned into ASCII (config/international_name.h).

#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "config/error.h"

namespace gatewatch {

struct Url {
  std::string scheme;        // "http" or "https", lower case
  std::string host;          // ASCII, lower case, no brackets, no final dot
  bool is_absolute = false;  // the text had a final dot: no search domain is ever appended
  std::string written_host =
      {};                  // an international name as a person wrote it, for people; else empty
  std::uint16_t port = 0;  // always set: the scheme's default where the text had none
  std::string path;        // begins with '/'
  std::string query;       // without '?'; has_query tells an empty one from none
  bool has_query = false;

  // Fragments are dropped, bytes that are not ASCII percent-encoded. At most 8 KiB.
  [[nodiscard]] static std::expected<Url, Error> parse(std::string_view text);

  // The target of `reference` as seen from this URL (RFC 3986 section 5.2), for Location headers:
  // blanks are percent-encoded too, as the WHATWG URL standard has it.
  [[nodiscard]] std::expected<Url, Error> resolve(std::string_view reference) const;

  [[nodiscard]] bool is_https() const { return scheme == "https"; }
  [[nodiscard]] bool has_default_port() const;
  // What to ask name servers for: the host, with its final dot where it has one.
  [[nodiscard]] std::string dns_name() const;
  // "host" or "host:port" (IPv6 in brackets): the Host header and the name of an origin.
  [[nodiscard]] std::string authority() const;
  // "scheme://authority".
  [[nodiscard]] std::string origin() const;
  // Path and query: the request target in origin form (RFC 9112 section 3.2.1).
  [[nodiscard]] std::string request_target() const;
  [[nodiscard]] std::string text() const;
  // The text without its query: what logs, pages and alerts may show (queries hold tokens). An
  // international host is shown as it was written.
  [[nodiscard]] std::string text_without_query() const;

  // Whether both mean the same, however their hosts were written.
  friend bool operator==(const Url& left, const Url& right);

 private:
  [[nodiscard]] std::string with_port(std::string text) const;
};

}  // namespace gatewatch
