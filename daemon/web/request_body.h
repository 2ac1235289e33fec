// The JSON object that a request brings, read strictly: an unknown member, one of a wrong type or a
// text that is too long is an error that says what would be right.

#pragma once

#include <cstddef>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "config/error.h"
#include "config/units.h"
#include "probes/time.h"

namespace gatewatch::daemon::web {

inline constexpr std::size_t longest_name = 100;   // bytes of who somebody is
inline constexpr std::size_t longest_text = 1000;  // bytes of what somebody says

// Members that are absent leave `into` alone. The first mistake stays the answer of finish().
class RequestBody {
 public:
  explicit RequestBody(const std::string& text);

  // One line, without control characters.
  void text(std::string_view name, std::string& into, std::size_t most = longest_text);
  // The same, and not empty.
  void required_text(std::string_view name, std::string& into, std::size_t most = longest_text);
  void texts(std::string_view name, std::vector<std::string>& into);
  void text_map(std::string_view name, std::map<std::string, std::string>& into);
  // "2h", "1d12h".
  void duration(std::string_view name, std::optional<config::Duration>& into);
  // RFC 3339.
  void time(std::string_view name, std::optional<Timestamp>& into);
  // Of a page on the web, "https://…".
  void link(std::string_view name, std::string& into);

  [[nodiscard]] std::expected<void, Error> finish();

 private:
  [[nodiscard]] const nlohmann::json* take(std::string_view name);
  void refuse(std::string_view name, std::string_view right);

  nlohmann::json object_;
  std::vector<std::string> known_;
  std::optional<Error> mistake_;
};

}  // namespace gatewatch::daemon::web
