#include "config/document.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "config/bare_text.h"

// Errors come back as values then.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace gatewatch::config {
namespace {

Place place_of(const toml::source_position& position, int file) {
  return {file, static_cast<int>(position.line), static_cast<int>(position.column)};
}

Value convert(const toml::node& node, int file);

// Fractions of a second are left out.
std::string text_of(const toml::date& date) {
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string text_of(const toml::time& time) {
  return fmt::format("{:02}:{:02}:{:02}", time.hour, time.minute, time.second);
}

std::string text_of(const toml::node& node) {
  if (const auto* const date = node.as_date()) return text_of(date->get());
  if (const auto* const time = node.as_time()) return text_of(time->get());
  const auto* const both = node.as_date_time();
  if (both == nullptr) return {};
  const auto& [date, time, offset] = both->get();
  auto text = text_of(date) + "T" + text_of(time);
  if (!offset) return text;
  const auto minutes = std::abs(int{offset->minutes});
  return text +
         fmt::format("{}{:02}:{:02}", offset->minutes < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

Table convert_table(const toml::table& source, int file) {
  Table table;
  table.reserve(source.size());
  for (const auto& [key, value] : source) {
    table.push_back(
        {std::string(key.str()), place_of(key.source().begin, file), convert(value, file)});
  }
  std::ranges::sort(table, {}, &Entry::place);
  return table;
}

Array convert_array(const toml::array& source, int file) {
  Array array;
  array.reserve(source.size());
  for (const auto& element : source) array.push_back(convert(element, file));
  return array;
}

// Recursion is bounded by the library's limit on nested values.
Value convert(const toml::node& node, int file) {
  Value value;
  value.place = place_of(node.source().begin, file);
  if (const auto* const text = node.as_string()) {
    value.data = text->get();
  } else if (const auto* const integer = node.as_integer()) {
    value.data = integer->get();
  } else if (const auto* const number = node.as_floating_point()) {
    value.data = number->get();
  } else if (const auto* const flag = node.as_boolean()) {
    value.data = flag->get();
  } else if (const auto* const array = node.as_array()) {
    value.data = convert_array(*array, file);
  } else if (const auto* const table = node.as_table()) {
    value.data = convert_table(*table, file);
  } else {
    value.data = Date{text_of(node)};
  }
  return value;
}

// The library quotes numbers that it cannot represent, and such a number may be a secret.
std::string without_numbers(std::string_view description) {
  const auto open = description.find('\'');
  const auto close = description.rfind('\'');
  const bool quotes_a_number =
      open != close &&
      std::string_view("0123456789+-.").find(description[open + 1]) != std::string_view::npos;
  if (!quotes_a_number) return std::string(description);
  return std::string(description.substr(0, open)) + "the number" +
         std::string(description.substr(close + 1));
}

}  // namespace

std::string_view Value::type_name() const {
  constexpr std::array<std::string_view, 7> names = {
      "a string", "an integer", "a number", "true or false", "a date or time", "a list", "a table"};
  static_assert(names.size() == std::variant_size_v<decltype(data)>);
  return names[data.index()];
}

std::expected<Table, SyntaxError> parse_document(std::string_view text, int file) {
  if (const auto place = first_bare_non_ascii(text, file)) {
    return std::unexpected(
        SyntaxError{*place,
                    "a letter outside ASCII, which only strings and comments may hold: put quotes "
                    "around it"});
  }
  const auto result = toml::parse(text);
  if (result.succeeded()) return convert_table(result.table(), file);
  const auto& error = result.error();
  return std::unexpected(
      SyntaxError{place_of(error.source().begin, file), without_numbers(error.description())});
}

}  // namespace gatewatch::config
