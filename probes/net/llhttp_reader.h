// Reads one HTTP/1 message after another, in steps: a line, or a piece of the body. Each line is
// first held against our own grammar (llhttp_line.h), then given to llhttp; each message is framed
// by us (llhttp_framing.h) and by llhttp, and is refused where the two disagree.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include <llhttp.h>

#include "probes/net/http_message.h"
#include "probes/net/llhttp_framing.h"
#include "probes/net/llhttp_line.h"

namespace gatewatch::net {

struct ReaderLimits {
  std::uint64_t head = 0;     // bytes of start line, header and trailer fields
  std::uint64_t content = 0;  // bytes of the body without chunk framing
  std::uint64_t framing = 0;  // bytes that chunk framing may add to `content`
};

struct MessageHead {
  std::string method;  // of a request
  std::string target;
  int status = 0;  // of a response: known, like the version, once its status line is complete
  std::string reason;
  std::string http_version;  // "1.1"
  Headers headers;
  bool keep_alive = false;
};

class LlhttpReader {
 public:
  // One that reads requests.
  explicit LlhttpReader(const ReaderLimits& limits);
  // One that reads the responses to a request of `asked_method`.
  LlhttpReader(const ReaderLimits& limits, std::string asked_method);
  LlhttpReader(const LlhttpReader&) = delete;
  LlhttpReader& operator=(const LlhttpReader&) = delete;

  // Takes one step into `bytes`; how many it took. Nothing is taken once done() or fault().
  [[nodiscard]] std::size_t feed(std::span<const char> bytes);
  // Whether the end of the stream ends the message: done() from then on.
  [[nodiscard]] bool end();
  // Begins the next message. The bytes of this one's head go on counting.
  void restart();

  [[nodiscard]] bool has_head() const { return has_head_; }  // head() is complete
  [[nodiscard]] bool done() const { return part_ == Part::Done; }
  [[nodiscard]] ReadFault fault() const { return fault_; }
  [[nodiscard]] const MessageHead& head() const { return head_; }
  // For the one who keeps them, once has_head(): they are gone from head() then.
  [[nodiscard]] Headers take_headers() { return std::move(head_.headers); }
  [[nodiscard]] const Framing& framing() const { return framing_; }
  // The piece of the body that the last step took; lies within its bytes.
  [[nodiscard]] std::span<const char> content() const { return content_; }
  [[nodiscard]] const std::string& line() const { return line_.text(); }  // the incomplete line
  // The first 16 KiB of start line and header fields as they came, the last line perhaps
  // incomplete.
  [[nodiscard]] const std::string& raw_head() const { return raw_head_; }

 private:
  enum class Part : std::uint8_t {
    StartLine,
    Fields,
    ChunkSize,
    ChunkData,
    ChunkEnd,
    Trailers,
    Content,
    UntilEnd,
    Done,
    Failed,
  };
  struct Callbacks;

  std::size_t take_line(std::span<const char> bytes);
  std::size_t take_content(std::span<const char> bytes);
  void count_line(std::span<const char> bytes);
  [[nodiscard]] bool is_reading_head() const;
  [[nodiscard]] std::size_t room_for_line() const;
  [[nodiscard]] std::size_t next_check() const;
  [[nodiscard]] ReadFault early_fault() const;
  [[nodiscard]] ReadFault line_fault() const;
  void finish_line();
  void record_head_line();
  [[nodiscard]] ReadFault field_fault(std::string_view line) const;
  void pass_line_on();
  void pass_field_on();
  [[nodiscard]] Part part_after_line() const;
  [[nodiscard]] Part part_after_head() const;
  void execute(std::span<const char> bytes);
  void enter(Part part);
  void fail(ReadFault fault);
  void record_field();
  void record_head();

  ReaderLimits limits_;
  bool reads_requests_;
  std::string asked_method_;
  llhttp_t parser_;
  Part part_ = Part::StartLine;
  ReadFault fault_ = ReadFault::None;
  LineBuffer line_;
  std::string raw_head_;
  std::uint64_t head_bytes_ = 0;
  std::uint64_t content_bytes_ = 0;
  std::uint64_t framing_bytes_ = 0;
  std::uint64_t remaining_ = 0;  // bytes of the chunk or body still to come
  std::size_t fields_ = 0;
  bool skipped_empty_line_ = false;
  bool is_field_open_ = false;  // llhttp has a field line but for its CRLF: it may go on
  std::span<const char> content_;

  // What the callbacks recorded.
  MessageHead head_;
  Framing framing_;
  std::string field_name_;
  std::string field_value_;
  std::uint64_t chunk_size_ = 0;
  bool has_head_ = false;
  bool is_complete_ = false;
};

}  // namespace gatewatch::net
