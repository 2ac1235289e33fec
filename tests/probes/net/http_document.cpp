#include "tests/probes/net/http_document.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "tests/source_paths.h"

namespace gatewatch::tests {
namespace {

std::string_view take(std::string_view& text, std::size_t count) {
  REQUIRE(text.size() >= count);
  const std::string_view taken = text.substr(0, count);
  text.remove_prefix(count);
  return taken;
}

std::string unescape_one(std::string_view& text) {
  const char kind = take(text, 1).front();
  switch (kind) {
    case 'r':
      return "\r";
    case 'n':
      return "\n";
    case 't':
      return "\t";
    case '0':
      return std::string(1, '\0');
    case '\\':
      return "\\";
    case 'x':
      return {static_cast<char>(std::stoi(std::string(take(text, 2)), nullptr, 16))};
    case '{': {
      const auto count = std::stoul(std::string(take(text, text.find(':'))));
      take(text, 1);
      const std::string once = unescape_http(take(text, text.find('}')));
      take(text, 1);
      std::string all;
      for (unsigned long i = 0; i < count; ++i) {
        all += once;
      }
      return all;
    }
    default:
      FAIL("unknown escape: ", kind);
      return {};
  }
}

HttpDocument read_document(const std::filesystem::path& path) {
  HttpDocument document{.name = path.stem().string(), .keys = {}, .bytes = {}};
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line) && line != "---") {
    const std::size_t colon = line.find(": ");
    if (!line.empty() && !line.starts_with('#')) {
      REQUIRE_MESSAGE(colon != std::string::npos, path.string(), ": ", line);
      document.keys[line.substr(0, colon)] = line.substr(colon + 2);
    }
  }
  std::ostringstream rest;
  rest << file.rdbuf();
  document.bytes = unescape_http(rest.str());
  return document;
}

}  // namespace

std::string unescape_http(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    const char byte = take(text, 1).front();
    if (byte == '\\') {
      bytes += unescape_one(text);
    } else if (byte != '\n') {
      bytes += byte;
    }
  }
  return bytes;
}

std::string HttpDocument::value(const std::string& key, const std::string& otherwise) const {
  const auto found = keys.find(key);
  return found == keys.end() ? otherwise : found->second;
}

std::uint64_t HttpDocument::limit(const std::string& limit_name, std::uint64_t otherwise) const {
  std::istringstream words(value("limits"));
  std::string word;
  while (words >> word) {
    if (word.starts_with(limit_name + "=")) {
      return std::stoull(word.substr(limit_name.size() + 1));
    }
  }
  return otherwise;
}

std::vector<HttpDocument> http_documents(const std::string& folder) {
  std::vector<HttpDocument> documents;
  for (const auto& entry : std::filesystem::directory_iterator(test_data_path("http/" + folder))) {
    documents.push_back(read_document(entry.path()));
  }
  REQUIRE_FALSE(documents.empty());
  std::ranges::sort(documents, {}, &HttpDocument::name);
  return documents;
}

}  // namespace gatewatch::tests
