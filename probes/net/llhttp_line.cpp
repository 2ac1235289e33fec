#include "probes/net/llhttp_line.h"

#include <algorithm>

namespace gatewatch::net {
namespace {

constexpr std::size_t max_chunk_size_digits = 16;
constexpr std::size_t version_size = 8;  // "HTTP/1.1"

bool is_control(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return (value < 0x20 && byte != '\t') || value == 0x7f;
}

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

bool is_hex_digit(char byte) {
  return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

bool is_token_byte(char byte) {
  return is_digit(byte) || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         std::string_view("!#$%&'*+-.^_`|~").contains(byte);
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_byte);
}

bool is_known_version(std::string_view version) {
  return version == "HTTP/1.1" || version == "HTTP/1.0";
}

}  // namespace

std::size_t LineBuffer::take(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !complete_ && fault_ == ReadFault::None) {
    if (text_.empty() || text_.back() != '\r') {
      const auto rest = bytes.substr(taken);
      const auto plain =
          static_cast<std::size_t>(std::ranges::find_if(rest, is_control) - rest.begin());
      text_.append(rest.substr(0, plain));
      taken += plain;
      if (taken == bytes.size()) break;
    }
    take_special(bytes[taken++]);
  }
  return taken;
}

// A control byte, or whatever follows a CR.
void LineBuffer::take_special(char byte) {
  const bool after_cr = !text_.empty() && text_.back() == '\r';
  text_.push_back(byte);
  if (after_cr) {
    complete_ = byte == '\n';
    fault_ = complete_ ? ReadFault::None : ReadFault::BareCr;
  } else if (byte == '\n') {
    fault_ = ReadFault::BareLf;
  } else if (byte != '\r') {
    fault_ = ReadFault::ControlByte;
  }
}

std::string_view LineBuffer::content() const {
  return std::string_view(text_).substr(0, text_.size() - 2);
}

void LineBuffer::clear() {
  text_.clear();
  fault_ = ReadFault::None;
  complete_ = false;
}

bool begins_like_response(std::string_view bytes) noexcept {
  constexpr std::string_view form = "HTTP/d.d";  // a digit for each d
  const auto start = bytes.substr(0, form.size());
  return std::ranges::equal(start, form.substr(0, start.size()), [](char byte, char wanted) {
    return wanted == 'd' ? is_digit(byte) : byte == wanted;
  });
}

ReadFault status_line_fault(std::string_view line) noexcept {
  if (line.size() < version_size || !begins_like_response(line)) {
    return ReadFault::NotHttp;
  }
  const std::string_view status = line.substr(version_size);
  const bool is_right = status.size() >= 4 && status[0] == ' ' && status[1] != '0' &&
                        std::ranges::all_of(status.substr(1, 3), is_digit) &&
                        (status.size() == 4 || status[4] == ' ');
  if (!is_right) {
    return ReadFault::BadStatus;
  }
  return is_known_version(line.substr(0, version_size)) ? ReadFault::None : ReadFault::BadVersion;
}

ReadFault request_line_fault(std::string_view line) noexcept {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || !is_token(line.substr(0, first))) {
    return ReadFault::BadRequestLine;
  }
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (target.empty() || target.find_first_of(" \t") != std::string_view::npos) {
    return ReadFault::BadRequestLine;
  }
  const std::string_view version = line.substr(last + 1);
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) ||
      version[6] != '.' || !is_digit(version[7])) {
    return ReadFault::BadRequestLine;
  }
  return is_known_version(version) ? ReadFault::None : ReadFault::BadVersion;
}

bool is_continuation(std::string_view line) noexcept {
  return line.starts_with(' ') || line.starts_with('\t');
}

ReadFault field_line_fault(std::string_view line) noexcept {
  if (is_continuation(line)) {
    return ReadFault::FoldedField;
  }
  const std::size_t colon = line.find(':');
  const bool is_right = colon != std::string_view::npos && is_token(line.substr(0, colon));
  return is_right ? ReadFault::None : ReadFault::BadField;
}

ReadFault chunk_line_fault(std::string_view line) noexcept {
  const auto size_end = std::ranges::find_if_not(line, is_hex_digit);
  const auto digits = static_cast<std::size_t>(size_end - line.begin());
  const bool is_right =
      digits > 0 && digits <= max_chunk_size_digits && (size_end == line.end() || *size_end == ';');
  return is_right ? ReadFault::None : ReadFault::BadChunk;
}

std::string_view trim_blanks(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace gatewatch::net
