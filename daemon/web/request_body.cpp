#include "daemon/web/request_body.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/nearest_key.h"
#include "config/url.h"
#include "daemon/web/api_parameters.h"
#include "probes/text.h"

namespace gatewatch::daemon::web {
namespace {

using nlohmann::json;

constexpr std::size_t most_texts = 100;

// nullptr where it is no text of one line, or too long.
const std::string* line_of(const json& value, std::size_t most) {
  const auto* const text = value.get_ptr<const std::string*>();
  if (text == nullptr || text->size() > most) return nullptr;
  const bool is_line =
      std::ranges::none_of(*text, [](unsigned char byte) { return byte < ' ' || byte == 0x7f; });
  return is_line ? text : nullptr;
}

}  // namespace

RequestBody::RequestBody(const std::string& text) : object_(json::parse(text, nullptr, false)) {
  if (object_.is_object()) return;
  mistake_ = Error{"The body is no JSON object; right would be one like {\"text\": \"…\"}."};
  object_ = json::object();
}

const json* RequestBody::take(std::string_view name) {
  known_.emplace_back(name);
  const auto found = object_.find(name);
  return found == object_.end() ? nullptr : &*found;
}

void RequestBody::refuse(std::string_view name, std::string_view right) {
  if (!mistake_) mistake_ = Error{fmt::format("\"{}\" must be {}.", name, right)};
}

void RequestBody::text(std::string_view name, std::string& into, std::size_t most) {
  const auto* const value = take(name);
  if (value == nullptr) return;
  if (const auto* const line = line_of(*value, most)) {
    into = *line;
  } else {
    refuse(name, fmt::format("a text of one line, of at most {} bytes", most));
  }
}

void RequestBody::required_text(std::string_view name, std::string& into, std::size_t most) {
  text(name, into, most);
  if (into.empty()) refuse(name, "there, and not empty");
}

void RequestBody::texts(std::string_view name, std::vector<std::string>& into) {
  const auto* const value = take(name);
  if (value == nullptr) return;
  const bool is_list = value->is_array() && value->size() <= most_texts;
  const bool are_lines = is_list && std::ranges::all_of(*value, [](const json& element) {
                           const auto* const line = line_of(element, longest_text);
                           return line != nullptr && !line->empty();
                         });
  if (!are_lines) {
    return refuse(name, fmt::format("a list of texts of one line, of at most {}", most_texts));
  }
  into = value->get<std::vector<std::string>>();
}

void RequestBody::text_map(std::string_view name, std::map<std::string, std::string>& into) {
  const auto* const value = take(name);
  if (value == nullptr) return;
  const bool are_lines = value->is_object() && value->size() <= most_texts &&
                         std::ranges::all_of(*value, [](const json& element) {
                           return line_of(element, longest_text) != nullptr;
                         });
  if (!are_lines) {
    return refuse(name, fmt::format("an object of texts of one line, of at most {}", most_texts));
  }
  into = value->get<std::map<std::string, std::string>>();
}

void RequestBody::duration(std::string_view name, std::optional<config::Duration>& into) {
  const auto* const value = take(name);
  if (value == nullptr) return;
  const auto* const line = line_of(*value, longest_name);
  const auto parsed = line == nullptr ? std::nullopt : std::optional(config::parse_duration(*line));
  if (!parsed || !*parsed || **parsed <= config::Duration(0)) {
    return refuse(name, "a duration like \"2h\" or \"1d12h\"");
  }
  into = **parsed;
}

void RequestBody::time(std::string_view name, std::optional<Timestamp>& into) {
  const auto* const value = take(name);
  if (value == nullptr) return;
  const auto* const line = line_of(*value, longest_name);
  into = line == nullptr ? std::nullopt : parse_timestamp(*line);
  if (!into) refuse(name, "a time like \"2026-11-20T10:05:06Z\"");
}

void RequestBody::link(std::string_view name, std::string& into) {
  text(name, into);
  if (!into.empty() && !Url::parse(into)) {
    refuse(name, "a link like \"https://ci.example.com/42\"");
  }
}

std::expected<void, Error> RequestBody::finish() {
  for (const auto& [name, value] : object_.items()) {
    if (mistake_ || std::ranges::find(known_, name) != known_.end()) continue;
    mistake_ = Error{fmt::format("{} is unknown{}; known are: {}.", quote(name),
                                 config::suggestion(name, known_), fmt::join(known_, ", "))};
  }
  if (mistake_) return std::unexpected(*mistake_);
  return {};
}

}  // namespace gatewatch::daemon::web
