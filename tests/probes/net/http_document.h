// The test documents below tests/data/http (its README.md tells their form).

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gatewatch::tests {

struct HttpDocument {
  std::string name;
  std::map<std::string, std::string> keys;
  std::string bytes;

  [[nodiscard]] std::string value(const std::string& key, const std::string& otherwise = "") const;
  // The number after "NAME=" in the key `limits`.
  [[nodiscard]] std::uint64_t limit(const std::string& name, std::uint64_t otherwise) const;
};

// Every document of one folder below tests/data/http, by name.
[[nodiscard]] std::vector<HttpDocument> http_documents(const std::string& folder);
// `text` with its escapes resolved and its line breaks dropped.
[[nodiscard]] std::string unescape_http(std::string_view text);

}  // namespace gatewatch::tests
