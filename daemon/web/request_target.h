// The target of a request taken apart, once and for all: what is matched later is what stood there.
// Nothing is normalised: a path of ours has no escapes, no dot segments and no empty segments, so
// one that has them matches none.

#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "config/error.h"

namespace gatewatch::daemon::web {

struct RequestTarget {
  std::string authority;  // of an absolute target; empty: the target was a path
  std::string path;
  std::map<std::string, std::string> query;

  friend bool operator==(const RequestTarget&, const RequestTarget&) = default;
};

// The query is decoded as forms are ('+' is a blank); names that stand twice, bad escapes and text
// that is not UTF-8 are errors.
[[nodiscard]] std::expected<RequestTarget, Error> parse_request_target(std::string_view target);

}  // namespace gatewatch::daemon::web
