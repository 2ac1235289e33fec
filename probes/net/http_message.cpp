#include "probes/net/http_message.h"

#include <algorithm>

namespace gatewatch::net {
namespace {

// ASCII alone, whatever the locale is.
char lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

}  // namespace

bool equals_ignoring_case(std::string_view left, std::string_view right) noexcept {
  return std::ranges::equal(left, right, {}, lower, lower);
}

void Headers::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

std::string_view Headers::get(std::string_view name) const {
  for (const auto& [field_name, value] : fields_) {
    if (equals_ignoring_case(field_name, name)) {
      return value;
    }
  }
  return {};
}

bool Headers::contains(std::string_view name) const {
  return count(name) > 0;
}

int Headers::count(std::string_view name) const {
  return static_cast<int>(std::ranges::count_if(
      fields_, [name](const auto& field) { return equals_ignoring_case(field.first, name); }));
}

}  // namespace gatewatch::net
