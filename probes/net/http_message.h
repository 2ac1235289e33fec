// HTTP messages as values: what we send, what came back, what our own server is asked.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatewatch::net {

// Header fields in the order and spelling of the wire; names compare regardless of case.
class Headers {
 public:
  void add(std::string name, std::string value);
  // The first value of `name`; empty where there is none (contains() tells).
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const;
  [[nodiscard]] int count(std::string_view name) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const {
    return fields_;
  }

  friend bool operator==(const Headers&, const Headers&) = default;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct Response {
  int status = 0;
  std::string reason;        // the phrase of the status line
  std::string http_version;  // "1.1"
  Headers headers;
  std::string body;               // inflated, the first bytes up to the limit that was asked for
  std::uint64_t body_size = 0;    // bytes of content as read from the wire, chunk framing left out
  std::uint64_t body_length = 0;  // bytes of content after inflating
};

struct Request {
  std::string method;
  std::string target;  // as it stood in the request line
  std::string http_version;
  Headers headers;
  std::string body;
};

[[nodiscard]] bool equals_ignoring_case(std::string_view left, std::string_view right) noexcept;

}  // namespace gatewatch::net
