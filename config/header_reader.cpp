#include "config/header_reader.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "config/syntax.h"

namespace gatewatch::config {
namespace {

// Headers that frame the message or govern the connection: a second one would contradict ours.
bool frames(const std::string& lower_name) {
  constexpr std::array<std::string_view, 4> framing = {"connection", "content-length",
                                                       "transfer-encoding", "upgrade"};
  return std::ranges::find(framing, lower_name) != framing.end();
}

std::optional<Error> check_header_name(const std::string& name,
                                       const std::vector<std::string>& ours,
                                       std::set<std::string>& seen) {
  if (!is_token(name)) {
    return Error{fmt::format("\"{}\" is no header name: letters, digits and - are", name)};
  }
  const auto lower_name = lower_case(name);
  if (frames(lower_name) || std::ranges::find(ours, lower_name) != ours.end()) {
    return Error{fmt::format("{} is written by gatewatch itself: leave it out", name)};
  }
  if (!seen.insert(lower_name).second) {
    return Error{fmt::format("{} is given twice (case does not matter)", name)};
  }
  return std::nullopt;
}

void set_header(std::vector<Header>& headers, Header header) {
  const auto lower_name = lower_case(header.name);
  const auto found = std::ranges::find_if(
      headers, [&lower_name](const Header& other) { return lower_case(other.name) == lower_name; });
  if (found != headers.end()) {
    *found = std::move(header);
  } else {
    headers.push_back(std::move(header));
  }
}

// What gatewatch says of the connection anyway is no contradiction.
bool repeats_ours(const std::string& name, const Value& value) {
  const auto* const text = std::get_if<std::string>(&value.data);
  return text != nullptr && lower_case(name) == "connection" && lower_case(*text) == "close";
}

}  // namespace

void read_headers(Section& section, std::string_view key, std::vector<Header>& into,
                  const std::vector<std::string>& ours) {
  std::set<std::string> seen;
  for (const auto& [name, place, value] : section.entries(key)) {
    if (repeats_ours(name, value)) continue;
    if (const auto error = check_header_name(name, ours, seen)) {
      section.mistakes().add(place, fmt::format("{}: {}", section.name_of(key), error->message));
      continue;
    }
    const auto full_name = fmt::format("{}.{}", section.name_of(key), name);
    const auto sensitivity =
        is_credential_header(name) ? Sensitivity::Secret : Sensitivity::Harmless;
    auto secret = section.secrets().read(value, full_name, sensitivity, section.mistakes());
    if (!secret) continue;
    if (!is_field_value(secret->reveal())) {
      section.mistakes().add(
          value.place, fmt::format("{} holds a line break or another control byte", full_name));
      continue;
    }
    set_header(into, {name, *std::move(secret)});
  }
}

}  // namespace gatewatch::config
