// A URL that was taken apart is the same one when put together and read again, whether it was
// given whole or as a reference.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/url.h"

namespace {

void demand(bool condition) {
  if (!condition) std::abort();
}

void check(const gatewatch::Url& url) {
  demand(url.scheme == "http" || url.scheme == "https");
  demand(!url.host.empty() && url.port != 0 && url.path.starts_with('/'));
  const auto text = url.text();
  for (const char character : text) demand(character > ' ' && character < 0x7f);
  const auto again = gatewatch::Url::parse(text);
  demand(again && *again == url);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto url = gatewatch::Url::parse(text)) check(*url);
  static const auto base = gatewatch::Url::parse("https://example.com:8443/a/b?c").value();
  if (const auto url = base.resolve(text)) check(*url);
  return 0;
}
