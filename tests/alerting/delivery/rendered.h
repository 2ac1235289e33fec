// What a channel rendered, for tests: its JSON, and every text in it.

#pragma once

#include <algorithm>
#include <functional>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "alerting/delivery/request.h"

namespace gatewatch::tests {

// The value of the header, which may be there once; empty where it is absent.
[[nodiscard]] inline std::string header_of(const alerting::HttpRequest& request,
                                           const std::string& name) {
  CHECK(std::ranges::count(request.headers, name, &config::Header::name) <= 1);
  const auto found = std::ranges::find(request.headers, name, &config::Header::name);
  return found == request.headers.end() ? "" : found->value.reveal();
}

[[nodiscard]] inline nlohmann::json body_of(const alerting::HttpRequest& request) {
  return nlohmann::json::parse(request.body);
}

// Every string among the values of `value`.
inline void for_each_text(const nlohmann::json& value,
                          const std::function<void(const std::string&)>& look) {
  if (value.is_string()) look(value.get<std::string>());
  if (!value.is_structured()) return;
  for (const auto& inner : value) for_each_text(inner, look);
}

// No text of it can break out of a line: no control byte but the line ends that we write.
inline void check_texts_are_clean(const nlohmann::json& body) {
  for_each_text(body, [](const std::string& text) {
    CAPTURE(text);
    CHECK(std::ranges::none_of(text, [](char byte) {
      return (static_cast<unsigned char>(byte) < ' ' && byte != '\n') || byte == 0x7f;
    }));
  });
}

}  // namespace gatewatch::tests
