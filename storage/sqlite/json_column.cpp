#include "storage/sqlite/json_column.h"

#include <nlohmann/json.hpp>

namespace gatewatch::storage::sqlite {

namespace {

std::string text_of(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string list_text(const std::vector<std::string>& list) {
  return text_of(list);
}

std::string map_text(const std::map<std::string, std::string>& map) {
  return text_of(map);
}

std::vector<std::string> read_list(const std::string& text) {
  std::vector<std::string> list;
  const auto array = nlohmann::json::parse(text, nullptr, false);
  for (const auto& item : array) {
    if (item.is_string()) list.push_back(item.get<std::string>());
  }
  return list;
}

std::map<std::string, std::string> read_map(const std::string& text) {
  std::map<std::string, std::string> map;
  const auto object = nlohmann::json::parse(text, nullptr, false);
  if (!object.is_object()) return map;
  for (const auto& [key, value] : object.items()) {
    if (value.is_string()) map[key] = value.get<std::string>();
  }
  return map;
}

}  // namespace gatewatch::storage::sqlite
