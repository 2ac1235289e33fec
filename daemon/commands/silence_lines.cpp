#include "daemon/commands/silence_lines.h"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "daemon/counted.h"

namespace gatewatch::daemon {
namespace {

using nlohmann::json;

// "routes shop/*, rule down".
std::string scope_text(const json& silence) {
  std::vector<std::string> parts;
  const auto add = [&](const char* key, const char* word) {
    const auto names = silence.value(key, std::vector<std::string>());
    if (!names.empty()) parts.push_back(fmt::format("{} {}", word, fmt::join(names, " ")));
  };
  add("routes", "routes");
  const auto tags = silence.value("tags", json::object());
  for (const auto& [key, value] : tags.items()) {
    parts.push_back(fmt::format("tag {}={}", key, value.get<std::string>()));
  }
  add("rules", "rules");
  add("regions", "regions");
  return fmt::to_string(fmt::join(parts, ", "));
}

std::string time_text(const json& silence, const char* key, const char* otherwise) {
  const auto& value = silence.at(key);
  return value.is_string() ? value.get<std::string>() : otherwise;
}

std::string line_of(const std::string& title, const json& silence) {
  const auto state = silence.value("state", "");
  auto line =
      fmt::format("{}  {:<7}  {} to {}  {}", title, state, time_text(silence, "starts", "always"),
                  time_text(silence, "ends", "no end"), scope_text(silence));
  const auto comment = silence.value("comment", "");
  const auto author = silence.value("author", "");
  if (!comment.empty()) line += ": " + comment;
  if (!author.empty()) line += fmt::format(" ({})", author);
  return line + "\n";
}

}  // namespace

std::string silence_lines(const json& answer, bool all) {
  std::string lines;
  const auto add = [&](const char* list, const auto& title) {
    for (const auto& silence : answer.value(list, json::array())) {
      if (all || silence.value("state", "") != "over") lines += line_of(title(silence), silence);
    }
  };
  add("silences", [](const json& silence) {
    return fmt::format("silence {}", silence.value("id", std::int64_t{0}));
  });
  add("configured",
      [](const json& silence) { return "configured silence " + silence.value("name", ""); });
  add("maintenance", [](const json& window) { return "maintenance " + window.value("name", ""); });
  return lines.empty() ? "nothing is silenced\n" : lines;
}

std::string made_silence_lines(const json& silence) {
  auto lines = fmt::format("silence {} until {}, over {}\n", silence.value("id", std::int64_t{0}),
                           silence.value("ends", ""),
                           counted(silence.value("covered_routes", std::size_t{0}), "route"));
  if (const auto warning = silence.value("warning", ""); !warning.empty()) {
    lines += "warning: " + warning + "\n";
  }
  return lines;
}

}  // namespace gatewatch::daemon
