// The project's own sources as data, for the house rules of tidy_test: what a file includes, what
// its code says once comments and strings are gone, how long its functions are. It understands
// C++ only as far as our formatted style needs.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gatewatch::tidy {

struct Include {
  int line = 0;
  std::string path;     // "config/units.h", "uv.h"
  bool quoted = false;  // ours; else a library's
};

struct Function {
  int line = 0;   // where its body opens
  int lines = 0;  // from there to its closing brace
};

struct Source {
  std::string path;  // from the root: "probes/net/tls_stream.cpp"
  std::string text;
  std::string code;  // `text` with comments and the insides of literals blanked, lines kept

  [[nodiscard]] std::string_view folder() const;     // "probes"
  [[nodiscard]] std::string_view directory() const;  // "probes/net/"
  [[nodiscard]] std::string_view stem() const;       // "probes/net/tls_stream"
  [[nodiscard]] bool is_header() const;
  [[nodiscard]] bool is_shipped() const;  // everything but tests/
  [[nodiscard]] int lines() const;
  [[nodiscard]] std::vector<Include> includes() const;
  [[nodiscard]] std::vector<Function> functions() const;
  // The lines on which `name` stands as a call of a free function or a keyword: `name(`, not
  // `other.name(` nor `other_name(`; of qualified names only `std::name(` and `::name(`.
  [[nodiscard]] std::vector<int> calls(std::string_view name) const;
  // The lines of `code` that contain `text`.
  [[nodiscard]] std::vector<int> mentions(std::string_view text) const;
};

[[nodiscard]] Source make_source(std::string path, std::string text);

// Every .h and .cpp of the five shipped folders and of tests/ below `root`, sorted by path.
[[nodiscard]] std::vector<Source> read_sources(const std::string& root);

}  // namespace gatewatch::tidy
