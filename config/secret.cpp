#include "config/secret.h"

#include <string.h>  // explicit_bzero
#include <utility>

namespace gatewatch::config {

Secret::Secret(std::string text) : text_(std::move(text)) {}

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe();
    text_ = other.text_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    text_ = std::move(other.text_);
    other.wipe();  // a short string is copied by the move, not taken
  }
  return *this;
}

Secret::~Secret() {
  wipe();
}

void Secret::wipe() noexcept {
  explicit_bzero(text_.data(), text_.size());
  text_.clear();
}

}  // namespace gatewatch::config
