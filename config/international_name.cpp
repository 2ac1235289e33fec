#include "config/international_name.h"

#include <algorithm>
#include <idn2.h>
#include <memory>

#include <fmt/format.h>

namespace gatewatch {
namespace {

// Nothing longer comes to a name of 253 bytes; the library's work grows with the square.
constexpr std::size_t longest_input = 1024;

}  // namespace

std::expected<std::string, Error> ascii_host_name(std::string_view name) {
  const bool is_ascii = std::ranges::all_of(
      name, [](char character) { return static_cast<unsigned char>(character) < 0x80; });
  if (is_ascii) return std::string(name);
  if (name.size() > longest_input) {
    return std::unexpected(
        Error{fmt::format("the host has {} bytes, more than any name has", name.size())});
  }
  const std::string text(name);
  char* output = nullptr;
  const int status = idn2_to_ascii_8z(text.c_str(), &output, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const std::unique_ptr<char, void (*)(void*)> owner(output, idn2_free);
  if (status == IDN2_ENCODING_ERROR) {
    return std::unexpected(Error{"the host is neither ASCII nor UTF-8"});
  }
  if (status != IDN2_OK) {
    return std::unexpected(Error{
        fmt::format("host \"{}\" is no international host name: {}", name, idn2_strerror(status))});
  }
  return std::string(output);
}

}  // namespace gatewatch
