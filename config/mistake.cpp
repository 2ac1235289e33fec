#include "config/mistake.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace gatewatch::config {
namespace {

constexpr std::size_t longest_message = 600;

bool continues_a_character(char character) {
  return (static_cast<unsigned char>(character) & 0xc0) == 0x80;
}

std::string one_line(std::string_view message) {
  std::string line;
  for (const char character : message) {
    if (line.size() >= longest_message && !continues_a_character(character)) return line + "…";
    const auto byte = static_cast<unsigned char>(character);
    if (character == '\n') {
      line += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      line += fmt::format("\\x{:02x}", byte);
    } else {
      line += character;
    }
  }
  return line;
}

}  // namespace

std::string Mistake::text() const {
  return line == 0 ? fmt::format("{}: {}", file, message)
                   : fmt::format("{}:{}:{}: {}", file, line, column, message);
}

int Mistakes::add_file(std::string name) {
  files_.push_back(std::move(name));
  return static_cast<int>(files_.size()) - 1;
}

void Mistakes::add(const Place& place, std::string_view message) {
  noted_.push_back({place, one_line(message)});
}

std::string Mistakes::describe(const Place& place) const {
  const auto& file = files_.at(static_cast<std::size_t>(place.file));
  return place.line == 0 ? file : fmt::format("{}:{}:{}", file, place.line, place.column);
}

std::vector<Mistake> Mistakes::sorted() const {
  auto noted = noted_;
  std::ranges::sort(noted);
  const auto repeated = std::ranges::unique(noted);
  noted.erase(repeated.begin(), repeated.end());
  std::vector<Mistake> mistakes;
  for (auto& [place, message] : noted) {
    mistakes.push_back({files_.at(static_cast<std::size_t>(place.file)), place.line, place.column,
                        std::move(message)});
  }
  return mistakes;
}

}  // namespace gatewatch::config
