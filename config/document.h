// A TOML file as a tree of values that know where they stand. Only document.cpp knows the library
// that reads TOML.

#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/mistake.h"

namespace gatewatch::config {

struct Value;
struct Entry;
using Array = std::vector<Value>;
using Table = std::vector<Entry>;  // in the order of the file
struct Date {
  std::string text;  // of a date and time as RFC 3339 has it; else as TOML does
};

struct Value {
  std::variant<std::string, std::int64_t, double, bool, Date, Array, Table> data;
  Place place;

  // "a string", "an integer", …: for messages.
  [[nodiscard]] std::string_view type_name() const;
};

struct Entry {
  std::string key;
  Place place;  // of the key
  Value value;
};

struct SyntaxError {
  Place place;
  std::string message;  // holds no value of the file
};

// `file`: the index for the places.
[[nodiscard]] std::expected<Table, SyntaxError> parse_document(std::string_view text, int file);

}  // namespace gatewatch::config
