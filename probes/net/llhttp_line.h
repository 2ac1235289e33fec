// The lines of an HTTP/1 message (RFC 9112 section 2.2), read strictly: a line ends with CRLF and
// with nothing else, and holds no control byte but HTAB. llhttp 8 lets some of that pass, and what
// two readers of one message see differently is how messages are smuggled.

#pragma once

#include <string>
#include <string_view>

#include "probes/net/llhttp_fault.h"

namespace gatewatch::net {

// One line on its way in.
class LineBuffer {
 public:
  // Takes bytes up to the line's end or the first that no line may hold, that one included; how
  // many. Nothing is taken once the line is complete or faulty.
  [[nodiscard]] std::size_t take(std::string_view bytes);
  [[nodiscard]] ReadFault fault() const { return fault_; }
  [[nodiscard]] bool is_complete() const { return complete_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] const std::string& text() const { return text_; }  // with its CRLF
  [[nodiscard]] std::string_view content() const;                  // a complete line without CRLF
  void clear();

 private:
  void take_special(char byte);

  std::string text_;
  ReadFault fault_ = ReadFault::None;
  bool complete_ = false;
};

// The grammar of whole lines, without their CRLF.
[[nodiscard]] ReadFault status_line_fault(std::string_view line) noexcept;
[[nodiscard]] ReadFault request_line_fault(std::string_view line) noexcept;
[[nodiscard]] ReadFault field_line_fault(std::string_view line) noexcept;
[[nodiscard]] ReadFault chunk_line_fault(std::string_view line) noexcept;

// Whether `bytes`, the first of a response, can go on to be a status line of some HTTP version.
[[nodiscard]] bool begins_like_response(std::string_view bytes) noexcept;

// Whether the field line goes on with the value of the one before it (obs-fold, RFC 9112 section
// 5.2).
[[nodiscard]] bool is_continuation(std::string_view line) noexcept;

// `text` without the blanks (SP, HTAB) around it.
[[nodiscard]] std::string_view trim_blanks(std::string_view text) noexcept;

}  // namespace gatewatch::net
