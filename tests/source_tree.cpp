#include "tests/source_tree.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <utility>

namespace gatewatch::tidy {

namespace {

bool is_name_part(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '_';
}

int line_of(std::string_view text, std::size_t position) {
  return 1 + static_cast<int>(std::ranges::count(text.substr(0, position), '\n'));
}

void blank(std::string& text, std::size_t begin, std::size_t end) {
  for (auto at = begin; at < std::min(end, text.size()); ++at) {
    if (text[at] != '\n') text[at] = ' ';
  }
}

// The end of the literal whose quote stands at `begin`: past its closing quote.
std::size_t end_of_literal(const std::string& text, std::size_t begin) {
  const char quote = text[begin];
  auto at = begin + 1;
  while (at < text.size() && text[at] != quote && text[at] != '\n') at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}

std::size_t end_of_raw_literal(const std::string& text, std::size_t begin) {
  const auto open = text.find('(', begin);
  const auto closing = ")" + text.substr(begin + 1, open - begin - 1) + "\"";
  const auto close = text.find(closing, open);
  return close == std::string::npos ? text.size() : close + closing.size();
}

std::string without_comments_and_literals(std::string text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.compare(at, 2, "//") == 0) {
      blank(text, at, text.find('\n', at));
    } else if (text.compare(at, 2, "/*") == 0) {
      blank(text, at, text.find("*/", at) + 2);
    } else if (text[at] == '"' || text[at] == '\'') {
      const bool raw = text[at] == '"' && at > 0 && text[at - 1] == 'R';
      const bool digit_separator = text[at] == '\'' && at > 0 && is_name_part(text[at - 1]);
      if (digit_separator) continue;
      const auto end = raw ? end_of_raw_literal(text, at) : end_of_literal(text, at);
      blank(text, at + 1, end - 1);
      at = end - 1;
    }
  }
  return text;
}

// Whether what stands before a name makes it a declaration: a type, as in "Timestamp time(".
bool declares(std::string_view before) {
  while (before.ends_with(' ')) before.remove_suffix(1);
  auto begin = before.size();
  while (begin > 0 && is_name_part(before[begin - 1])) --begin;
  const auto word = before.substr(begin);
  return !word.empty() && word != "return" && word != "else" && word != "case";
}

enum class Brace { Scope, Function, Other };

// What the brace after `statement` opens; `enclosing` is what it stands in.
Brace kind_of_brace(const std::string& statement, Brace enclosing) {
  static const std::regex scope(R"((^|\s)(namespace|class|struct|union|enum|extern)\b)");
  if (enclosing != Brace::Scope) return Brace::Other;
  if (statement.find('(') != std::string::npos) return Brace::Function;
  return std::regex_search(statement, scope) ? Brace::Scope : Brace::Other;
}

}  // namespace

std::string_view Source::folder() const {
  return std::string_view(path).substr(0, path.find('/'));
}

std::string_view Source::directory() const {
  return std::string_view(path).substr(0, path.rfind('/') + 1);
}

std::string_view Source::stem() const {
  return std::string_view(path).substr(0, path.rfind('.'));
}

bool Source::is_header() const {
  return path.ends_with(".h");
}

bool Source::is_shipped() const {
  return folder() != "tests";
}

int Source::lines() const {
  return static_cast<int>(std::ranges::count(text, '\n'));
}

std::vector<Include> Source::includes() const {
  static const std::regex pattern(R"(^\s*#\s*include\s*(["<])([^">]+)[">])");
  std::vector<Include> found;
  std::istringstream stream(text);
  int number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    std::smatch match;
    if (std::regex_search(line, match, pattern))
      found.push_back({number, match[2], match[1] == "\""});
  }
  return found;
}

std::vector<Function> Source::functions() const {
  std::vector<Function> found;
  std::vector<std::pair<Brace, std::size_t>> open = {{Brace::Scope, 0}};
  std::size_t statement = 0;
  for (std::size_t at = 0; at < code.size(); ++at) {
    if (code[at] == '{') {
      const auto kind = kind_of_brace(code.substr(statement, at - statement), open.back().first);
      open.emplace_back(kind, at);
    } else if (code[at] == '}' && open.size() > 1) {
      const auto [kind, begin] = open.back();
      open.pop_back();
      const int first = line_of(code, begin);
      if (kind == Brace::Function) found.push_back({first, line_of(code, at) - first + 1});
    }
    if (code[at] == '{' || code[at] == '}' || code[at] == ';') statement = at + 1;
  }
  return found;
}

std::vector<int> Source::calls(std::string_view name) const {
  std::vector<int> found;
  for (auto at = code.find(name); at != std::string::npos; at = code.find(name, at + 1)) {
    const auto after = at + name.size();
    if (after >= code.size() || code[after] != '(') continue;
    const auto before = std::string_view(code).substr(0, at);
    const bool part_of_name = !before.empty() && is_name_part(before.back());
    const bool member = before.ends_with('.') || before.ends_with("->");
    const bool foreign = before.ends_with("::") && !before.ends_with("std::") &&
                         before.size() > 2 && is_name_part(before[before.size() - 3]);
    if (!part_of_name && !member && !foreign && !declares(before))
      found.push_back(line_of(code, at));
  }
  return found;
}

std::vector<int> Source::mentions(std::string_view wanted) const {
  std::vector<int> found;
  for (auto at = code.find(wanted); at != std::string::npos; at = code.find(wanted, at + 1)) {
    found.push_back(line_of(code, at));
  }
  return found;
}

Source make_source(std::string path, std::string text) {
  auto code = without_comments_and_literals(text);
  return {std::move(path), std::move(text), std::move(code)};
}

std::vector<Source> read_sources(const std::string& root) {
  constexpr std::array folders = {"config", "probes", "storage", "alerting", "daemon", "tests"};
  std::vector<Source> sources;
  for (const auto* const folder : folders) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root + "/" + folder)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      std::ifstream file(entry.path());
      sources.push_back(make_source(std::filesystem::relative(entry.path(), root).string(),
                                    {std::istreambuf_iterator<char>(file), {}}));
    }
  }
  std::ranges::sort(sources, {}, &Source::path);
  return sources;
}

}  // namespace gatewatch::tidy
