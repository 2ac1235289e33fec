#include "config/channel.h"

namespace gatewatch::config {

std::string_view Channel::type_name() const noexcept {
  return std::visit([](const auto& settings) { return settings.type; }, type);
}

}  // namespace gatewatch::config
