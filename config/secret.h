// A string that cannot be printed: no stream operator, no formatter, wiped when destroyed.
// Whoever needs the text says so with reveal(), which makes every such place easy to find.

#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace gatewatch::config {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text);
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  // The text, valid as long as this object is neither changed nor destroyed.
  [[nodiscard]] const std::string& reveal() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

  friend bool operator==(const Secret&, const Secret&) = default;
  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  void wipe() noexcept;

  std::string text_;
};

}  // namespace gatewatch::config
