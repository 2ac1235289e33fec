#include "config/expectation_reader.h"

#include <cmath>
#include <optional>
#include <set>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "config/syntax.h"

namespace gatewatch::config {
namespace {

// The JSON of a value; nothing where it holds what JSON has not: dates, infinities.
std::optional<nlohmann::json> to_json(const Value& value) {
  if (const auto* const number = std::get_if<double>(&value.data)) {
    if (!std::isfinite(*number)) return std::nullopt;
    return *number;
  }
  if (const auto* const array = std::get_if<Array>(&value.data)) {
    auto json = nlohmann::json::array();
    for (const auto& element : *array) {
      auto converted = to_json(element);
      if (!converted) return std::nullopt;
      json.push_back(*std::move(converted));
    }
    return json;
  }
  if (const auto* const table = std::get_if<Table>(&value.data)) {
    auto json = nlohmann::json::object();
    for (const auto& entry : *table) {
      auto converted = to_json(entry.value);
      if (!converted) return std::nullopt;
      json[entry.key] = *std::move(converted);
    }
    return json;
  }
  if (const auto* const text = std::get_if<std::string>(&value.data)) return *text;
  if (const auto* const integer = std::get_if<std::int64_t>(&value.data)) return *integer;
  if (const auto* const flag = std::get_if<bool>(&value.data)) return *flag;
  return std::nullopt;
}

std::optional<Error> add_status(const Value& value, StatusSet& into) {
  if (const auto* const text = std::get_if<std::string>(&value.data)) return into.add(*text);
  if (const auto* const code = std::get_if<std::int64_t>(&value.data)) {
    return into.add(fmt::format("{}", *code));
  }
  return Error{fmt::format("must hold statuses, like \"2xx\" or 304, not {}", value.type_name())};
}

void read_status(Section& section, StatusSet& into) {
  const auto* const value = section.take("status");
  if (value == nullptr) return;
  const auto* const list = std::get_if<Array>(&value->data);
  if (list == nullptr || list->empty()) {
    return section.mistake("status", "must be a list of statuses, like [\"2xx\", 304]");
  }
  StatusSet statuses;
  for (const auto& element : *list) {
    if (const auto error = add_status(element, statuses)) {
      section.mistakes().add(element.place,
                             fmt::format("{}: {}", section.name_of("status"), error->message));
    }
  }
  into = statuses;
}

void read_texts(Section& section, std::string_view key, std::vector<std::string>& into) {
  const auto texts = section.texts(key);
  if (!texts) return;
  into.clear();
  for (const auto& [text, place] : *texts) into.push_back(text);
}

void read_json(Section& section, std::map<std::string, std::string>& into) {
  for (const auto& [pointer, place, value] : section.entries("json")) {
    const auto name = section.name_of("json");
    if (!is_json_pointer(pointer)) {
      section.mistakes().add(place, fmt::format("{}: \"{}\" is no JSON pointer: write /a/b, with "
                                                "~0 for ~ and ~1 for / inside a name",
                                                name, pointer));
      continue;
    }
    const auto json = to_json(value);
    if (!json) {
      section.mistakes().add(value.place,
                             fmt::format("{}: \"{}\" must be a value that JSON has: a string, a "
                                         "finite number, true, false, a list or a table",
                                         name, pointer));
      continue;
    }
    into[pointer] = json->dump();
  }
}

void read_body(Section& section, BodyExpectation& into) {
  read_texts(section, "contains", into.contains);
  read_texts(section, "not_contains", into.not_contains);
  if (section.text("matches", into.matches)) {
    if (const auto error = check_pattern(into.matches)) {
      section.mistake("matches", fmt::format("is no RE2 pattern: {}", error->message));
    }
  }
  read_json(section, into.json);
  section.finish();
}

void read_expected_headers(Section& section, std::map<std::string, std::string>& into) {
  std::set<std::string> seen;
  for (const auto& [name, place, value] : section.entries("headers")) {
    const auto* const glob = std::get_if<std::string>(&value.data);
    const auto full_name = section.name_of("headers");
    if (!is_token(name)) {
      section.mistakes().add(place, fmt::format("{}: \"{}\" is no header name", full_name, name));
    } else if (!seen.insert(lower_case(name)).second) {
      section.mistakes().add(
          place, fmt::format("{}: {} is given twice (case does not matter)", full_name, name));
    } else if (glob == nullptr || !is_field_value(*glob)) {
      section.mistakes().add(value.place, fmt::format("{}.{} must be a one-line string, in which * "
                                                      "stands for anything",
                                                      full_name, name));
    } else {
      into[lower_case(name)] = *glob;
    }
  }
}

}  // namespace

void read_expectation(Section& section, Expectation& into) {
  read_status(section, into.status);
  Duration latency{};
  if (section.duration("latency", latency, 1ms, 24h)) into.latency = latency;
  section.duration("certificate", into.certificate, 0ms, 3660 * 24h);
  if (auto body = section.section("body")) read_body(*body, into.body);
  read_expected_headers(section, into.headers);
  section.finish();
}

}  // namespace gatewatch::config
