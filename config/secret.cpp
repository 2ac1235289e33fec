#include "config/secret.h"

#include <cstring>  // explicit_bzero
#include <utility>

namespace gatewatch::config {

Secret::Secret(std::string text) : text_(std::move(text)) {}

Secret::Secret(Secret&& other) noexcept : text_(std::move(other.text_)) {
  other.wipe();  // a short string is copied by the move, not taken
}

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
    other.wipe();
  }
  return *this;
}

Secret::~Secret() {
  wipe();
}

void Secret::wipe() noexcept {
  // The whole buffer: a move or a shorter text may have left old bytes behind the end.
  text_.resize(text_.capacity());
  explicit_bzero(text_.data(), text_.size());
  text_.clear();
}

}  // namespace gatewatch::config
