// Any text is either a configuration or a list of mistakes, each with its place, in one line.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/load.h"

namespace {

void demand(bool condition) {
  if (!condition) std::abort();
}

std::optional<std::string> no_environment(const std::string&) {
  return std::nullopt;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gatewatch::config;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto config = load_text(text, "fuzz.toml", no_environment);
  if (config) {
    for (const auto& route : config->routes) {
      demand(!route.name.empty() && !route.url.host.empty() && !route.expect.status.empty());
      demand(route.timeout <= route.interval);
    }
    return 0;
  }
  demand(!config.error().empty());
  for (const auto& mistake : config.error()) {
    demand(!mistake.message.empty() && mistake.file == "fuzz.toml");
    demand(mistake.text().find('\n') == std::string::npos);
  }
  return 0;
}
