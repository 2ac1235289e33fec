// What a route expects of a JSON body: values at pointers (RFC 6901). Made for hostile bodies:
// nesting is bounded before parsing, and no exception of the JSON library gets out.

#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "config/error.h"

namespace gatewatch {

class JsonExpectation {
 public:
  static constexpr int deepest_nesting = 64;

  // `wanted`: JSON pointer → the JSON text of the wanted value.
  [[nodiscard]] static std::expected<JsonExpectation, Error> create(
      const std::map<std::string, std::string>& wanted);

  // One sentence about the first value that is not as wanted; nothing where all are.
  [[nodiscard]] std::optional<std::string> mismatch(std::string_view body) const;
  [[nodiscard]] bool empty() const { return wanted_.empty(); }

 private:
  struct Wanted {
    std::string pointer_text;
    nlohmann::json::json_pointer pointer;
    nlohmann::json value;
  };
  std::vector<Wanted> wanted_;
};

}  // namespace gatewatch
