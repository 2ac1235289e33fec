// Lists and maps of texts in one column, as JSON, so that plain SQL reads them by json_each().

#pragma once

#include <map>
#include <string>
#include <vector>

namespace gatewatch::storage::sqlite {

// Bytes that are no UTF-8 are replaced.
[[nodiscard]] std::string list_text(const std::vector<std::string>& list);
[[nodiscard]] std::string map_text(const std::map<std::string, std::string>& map);
// What is no text is left out, and so is everything where `text` is no JSON of that form.
[[nodiscard]] std::vector<std::string> read_list(const std::string& text);
[[nodiscard]] std::map<std::string, std::string> read_map(const std::string& text);

}  // namespace gatewatch::storage::sqlite
