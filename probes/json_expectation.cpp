#include "probes/json_expectation.h"

#include <algorithm>

#include <fmt/format.h>

#include "probes/redaction.h"
#include "probes/text.h"

namespace gatewatch {
namespace {

using nlohmann::json;

// The deepest nesting of arrays and objects, strings left out. Right for valid JSON; what is not
// valid is the parser's to refuse.
int nesting(std::string_view text) {
  int depth = 0;
  int deepest = 0;
  bool in_string = false;
  for (std::size_t index = 0; index < text.size(); ++index) {
    const char character = text[index];
    if (in_string) {
      if (character == '\\') ++index;
      in_string = character != '"';
    } else if (character == '"') {
      in_string = true;
    } else if (character == '[' || character == '{') {
      deepest = std::max(deepest, ++depth);
    } else if (character == ']' || character == '}') {
      --depth;
    }
  }
  return deepest;
}

json parse(std::string_view text) {
  return json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
}

// As JSON, which has its own quotes.
std::string shown(const json& value, std::size_t limit) {
  return one_line(value.dump(-1, ' ', false, json::error_handler_t::replace), limit);
}

// The value at `pointer`, or nullptr. The library throws for array indices that it cannot read.
const json* find(const json& document, const json::json_pointer& pointer) {
  try {
    return document.contains(pointer) ? &document.at(pointer) : nullptr;
  } catch (const json::exception&) {
    return nullptr;
  }
}

}  // namespace

std::expected<JsonExpectation, Error> JsonExpectation::create(
    const std::map<std::string, std::string>& wanted) {
  JsonExpectation expectation;
  for (const auto& [pointer, text] : wanted) {
    auto value = nesting(text) > deepest_nesting ? json(json::value_t::discarded) : parse(text);
    if (value.is_discarded()) {
      return std::unexpected(Error{
          fmt::format("the value wanted at {} is not JSON: {}", quote(pointer), quote(text))});
    }
    try {
      expectation.wanted_.push_back({pointer, json::json_pointer(pointer), std::move(value)});
    } catch (const json::exception&) {
      return std::unexpected(Error{
          fmt::format("{} is no JSON pointer: write a path like \"/status\" or \"/items/0/name\"",
                      quote(pointer))});
    }
  }
  return expectation;
}

std::optional<std::string> JsonExpectation::mismatch(std::string_view body) const {
  if (nesting(body) > deepest_nesting) {
    return fmt::format("the body is nested deeper than {} levels", deepest_nesting);
  }
  const auto document = parse(body);
  if (document.is_discarded()) {
    return fmt::format("the body is not JSON: it begins {}", quote(body, 80));
  }
  for (const auto& [text, pointer, value] : wanted_) {
    const auto* const found = find(document, pointer);
    if (found != nullptr && *found == value) continue;
    const auto came = [&, &pointed = text]() -> std::string {
      if (found == nullptr) return "and is not there";
      const bool is_harmless = found->is_boolean() || found->is_null();
      if (!is_harmless && names_secret(pointed)) return fmt::format("and is {}", redacted_mark);
      return fmt::format("and is {}", shown(*found, 100));
    }();
    return fmt::format("the body's {} should be {}, {}", quote(text, 60), shown(value, 80), came);
  }
  return std::nullopt;
}

}  // namespace gatewatch
