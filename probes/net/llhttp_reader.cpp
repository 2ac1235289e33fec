#include "probes/net/llhttp_reader.h"

#include <algorithm>
#include <charconv>

namespace gatewatch::net {
namespace {

constexpr std::size_t max_fields_of_request = 512;
constexpr std::size_t max_fields_of_response = 4096;
constexpr std::size_t max_raw_head = 16 << 10;
constexpr std::size_t max_chunk_line = 4 << 10;
constexpr std::size_t start_bytes = 8;  // "HTTP/1.1"
constexpr std::string_view line_end = "\r\n";

}  // namespace

// They record and decide nothing but what llhttp must know at once: whether a body follows.
struct LlhttpReader::Callbacks {
  static LlhttpReader& reader(llhttp_t* parser) {
    return *static_cast<LlhttpReader*>(parser->data);
  }

  static int on_url(llhttp_t* parser, const char* at, size_t length) noexcept {
    reader(parser).head_.target.append(at, length);
    return 0;
  }
  static int on_status(llhttp_t* parser, const char* at, size_t length) noexcept {
    reader(parser).head_.reason.append(at, length);
    return 0;
  }
  static int on_field(llhttp_t* parser, const char* at, size_t length) noexcept {
    reader(parser).field_name_.append(at, length);
    return 0;
  }
  static int on_value(llhttp_t* parser, const char* at, size_t length) noexcept {
    reader(parser).field_value_.append(at, length);
    return 0;
  }
  static int on_value_complete(llhttp_t* parser) noexcept {
    reader(parser).record_field();
    return 0;
  }
  static int on_head(llhttp_t* parser) noexcept {
    LlhttpReader& self = reader(parser);
    self.record_head();
    if (self.framing_.fault != ReadFault::None) {
      return -1;
    }
    // To a response llhttp cannot tell what was asked for; to a request it can.
    return !self.reads_requests_ && self.framing_.kind == BodyFraming::None ? 1 : 0;
  }
  static int on_chunk_header(llhttp_t* parser) noexcept {
    reader(parser).chunk_size_ = parser->content_length;
    return 0;
  }
  static int on_complete(llhttp_t* parser) noexcept {
    reader(parser).is_complete_ = true;
    return 0;
  }

  static const llhttp_settings_t& settings() {
    static const llhttp_settings_t value = [] {
      llhttp_settings_t made;
      llhttp_settings_init(&made);
      made.on_url = on_url;
      made.on_status = on_status;
      made.on_header_field = on_field;
      made.on_header_value = on_value;
      made.on_header_value_complete = on_value_complete;
      made.on_headers_complete = on_head;
      made.on_chunk_header = on_chunk_header;
      made.on_message_complete = on_complete;
      return made;
    }();
    return value;
  }
};

LlhttpReader::LlhttpReader(const ReaderLimits& limits) : limits_(limits), reads_requests_(true) {
  restart();
}

LlhttpReader::LlhttpReader(const ReaderLimits& limits, std::string asked_method)
    : limits_(limits), reads_requests_(false), asked_method_(std::move(asked_method)) {
  restart();
}

void LlhttpReader::restart() {
  llhttp_init(&parser_, reads_requests_ ? HTTP_REQUEST : HTTP_RESPONSE, &Callbacks::settings());
  parser_.data = this;
  line_.clear();
  raw_head_.clear();
  content_ = {};
  fields_ = 0;
  skipped_empty_line_ = false;
  is_field_open_ = false;
  head_ = {};
  framing_ = {};
  has_head_ = false;
  is_complete_ = false;
  part_ = Part::StartLine;
}

std::size_t LlhttpReader::feed(std::span<const char> bytes) {
  content_ = {};
  switch (part_) {
    case Part::Done:
    case Part::Failed:
      return 0;
    case Part::ChunkData:
    case Part::Content:
    case Part::UntilEnd:
      return take_content(bytes);
    default:
      return take_line(bytes);
  }
}

bool LlhttpReader::end() {
  content_ = {};
  if (part_ == Part::UntilEnd) {
    part_ = Part::Done;
  }
  return done();
}

std::size_t LlhttpReader::take_line(std::span<const char> bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && part_ != Part::Failed) {
    const std::size_t room = std::min(room_for_line(), next_check());
    if (room == 0) {
      fail(is_reading_head() ? ReadFault::HeadTooLarge : ReadFault::TooMuchFraming);
      break;
    }
    const auto rest = bytes.subspan(taken, std::min(room, bytes.size() - taken));
    const std::size_t count = line_.take({rest.data(), rest.size()});
    taken += count;
    count_line(rest.first(count));
    const ReadFault fault = line_.fault() != ReadFault::None ? line_.fault() : early_fault();
    if (fault != ReadFault::None) {
      fail(fault);
    } else if (line_.is_complete()) {
      finish_line();
      break;
    }
  }
  return taken;
}

void LlhttpReader::count_line(std::span<const char> bytes) {
  (is_reading_head() ? head_bytes_ : framing_bytes_) += bytes.size();
  if (!has_head_) {
    raw_head_.append(bytes.data(), std::min(bytes.size(), max_raw_head - raw_head_.size()));
  }
}

bool LlhttpReader::is_reading_head() const {
  return part_ == Part::StartLine || part_ == Part::Fields || part_ == Part::Trailers;
}

// How many more bytes of a line the limits leave room for.
std::size_t LlhttpReader::room_for_line() const {
  if (is_reading_head()) {
    return limits_.head - head_bytes_;
  }
  const std::uint64_t used = content_bytes_ + framing_bytes_;
  const std::uint64_t allowed = limits_.content + limits_.framing;
  return std::min<std::uint64_t>(max_chunk_line - line_.text().size(),
                                 allowed - std::min(allowed, used));
}

// How many bytes may be taken before early_fault() must look at the line.
std::size_t LlhttpReader::next_check() const {
  const std::size_t size = line_.text().size();
  if (part_ == Part::ChunkEnd && size == 0) {
    return 1;
  }
  const bool is_start = part_ == Part::StartLine && !reads_requests_;
  return is_start && size < start_bytes ? start_bytes - size : SIZE_MAX;
}

// What can be refused before its line ends, and must be: it may never end.
ReadFault LlhttpReader::early_fault() const {
  if (part_ == Part::ChunkEnd) {
    return line_.text().starts_with('\r') ? ReadFault::None : ReadFault::BadChunk;
  }
  const bool is_early = reads_requests_ || part_ != Part::StartLine ||
                        (line_.text().size() < start_bytes && !line_.is_complete());
  return is_early || begins_like_response(line_.text()) ? ReadFault::None : ReadFault::NotHttp;
}

ReadFault LlhttpReader::line_fault() const {
  const std::string_view line = line_.content();
  switch (part_) {
    case Part::StartLine:
      return reads_requests_ ? request_line_fault(line) : status_line_fault(line);
    case Part::ChunkSize:
      return chunk_line_fault(line);
    case Part::Fields:
    case Part::Trailers:
      return line.empty() ? ReadFault::None : field_fault(line);
    default:
      return ReadFault::None;
  }
}

// Whoever asks has to take a folded field for one line (RFC 9112 section 5.2), whoever is asked
// may refuse it.
ReadFault LlhttpReader::field_fault(std::string_view line) const {
  if (fields_ >= (reads_requests_ ? max_fields_of_request : max_fields_of_response)) {
    return ReadFault::TooManyFields;
  }
  const bool may_go_on = is_field_open_ && !reads_requests_;
  return may_go_on && is_continuation(line) ? ReadFault::None : field_line_fault(line);
}

void LlhttpReader::finish_line() {
  // One empty line before a request is allowed (RFC 9112 section 2.2).
  if (reads_requests_ && part_ == Part::StartLine && line_.content().empty() &&
      !skipped_empty_line_) {
    skipped_empty_line_ = true;
    raw_head_.clear();
    line_.clear();
    return;
  }
  const ReadFault fault = line_fault();
  if (is_reading_head() && (fault == ReadFault::None || fault == ReadFault::BadVersion)) {
    record_head_line();
  }
  if (fault != ReadFault::None) {
    fail(fault);
    return;
  }
  pass_line_on();
  if (part_ != Part::Failed) {
    const Part next = part_after_line();
    line_.clear();
    enter(next);
  }
}

void LlhttpReader::record_head_line() {
  if (part_ != Part::StartLine) {
    ++fields_;
    return;
  }
  const std::string_view line = line_.content();
  head_.method = reads_requests_ ? line.substr(0, line.find(' ')) : "";
  head_.http_version = reads_requests_ ? line.substr(line.size() - 3) : line.substr(5, 3);
  if (!reads_requests_) {
    const auto status = line.substr(9, 3);
    std::from_chars(status.data(), status.data() + status.size(), head_.status);
  }
}

void LlhttpReader::pass_line_on() {
  if (part_ == Part::Fields || part_ == Part::Trailers) {
    pass_field_on();
  } else if (part_ != Part::ChunkSize) {
    execute(line_.text());
  } else {
    // Chunk extensions are of no use to anybody, and llhttp 8 refuses lawful ones.
    execute(line_.content().substr(0, line_.content().find(';')));
    execute(line_end);
  }
}

// Whether a field goes on is known with the line after it, so its CRLF is passed on with that.
void LlhttpReader::pass_field_on() {
  const std::string_view line = line_.content();
  if (is_field_open_ && !is_continuation(line)) {
    execute(line_end);
  }
  is_field_open_ = !line.empty();
  execute(is_field_open_ ? line : line_end);
}

LlhttpReader::Part LlhttpReader::part_after_line() const {
  switch (part_) {
    case Part::StartLine:
      return Part::Fields;
    case Part::Fields:
      return has_head_ ? part_after_head() : Part::Fields;
    case Part::ChunkSize:
      return chunk_size_ == 0 ? Part::Trailers : Part::ChunkData;
    case Part::Trailers:
      return line_.content().empty() ? Part::Done : Part::Trailers;
    default:
      return Part::ChunkSize;
  }
}

LlhttpReader::Part LlhttpReader::part_after_head() const {
  switch (framing_.kind) {
    case BodyFraming::None:
      return Part::Done;
    case BodyFraming::Length:
      return Part::Content;
    case BodyFraming::Chunked:
      return Part::ChunkSize;
    case BodyFraming::UntilEnd:
      return Part::UntilEnd;
  }
  return Part::Failed;
}

std::size_t LlhttpReader::take_content(std::span<const char> bytes) {
  const std::uint64_t room = limits_.content - content_bytes_;
  if (room == 0) {
    fail(ReadFault::ContentTooLarge);
    return 0;
  }
  std::uint64_t size = std::min<std::uint64_t>(room, bytes.size());
  if (part_ != Part::UntilEnd) {
    size = std::min(size, remaining_);
  }
  content_ = bytes.first(size);
  content_bytes_ += size;
  execute(content_);
  if (part_ == Part::Failed || part_ == Part::UntilEnd) {
    return size;
  }
  remaining_ -= size;
  if (remaining_ == 0) {
    enter(part_ == Part::Content ? Part::Done : Part::ChunkEnd);
  }
  return size;
}

void LlhttpReader::enter(Part part) {
  part_ = part;
  if (part == Part::Content) {
    remaining_ = framing_.length;
  } else if (part == Part::ChunkData) {
    remaining_ = chunk_size_;
  }
  // Two readers that see different ends of one message: what smuggling lives on.
  if ((part == Part::Done) != is_complete_) {
    fail(ReadFault::Refused);
  }
}

void LlhttpReader::execute(std::span<const char> bytes) {
  if (part_ == Part::Failed) {
    return;
  }
  const llhttp_errno_t error = llhttp_execute(&parser_, bytes.data(), bytes.size());
  if (has_head_ && framing_.fault != ReadFault::None) {
    fail(framing_.fault);
  } else if (error == HPE_INVALID_METHOD) {
    fail(ReadFault::UnknownMethod);
  } else if (error == HPE_UNEXPECTED_CONTENT_LENGTH) {
    fail(head_.headers.contains("Transfer-Encoding") ? ReadFault::LengthWithCoding
                                                     : ReadFault::SecondLength);
  } else if (error != HPE_OK && !(error == HPE_PAUSED_UPGRADE && is_complete_)) {
    fail(ReadFault::Refused);
  }
}

void LlhttpReader::fail(ReadFault fault) {
  fault_ = fault;
  part_ = Part::Failed;
}

void LlhttpReader::record_field() {
  if (!has_head_) {  // trailer fields are read and dropped
    head_.headers.add(field_name_, std::string(trim_blanks(field_value_)));
  }
  field_name_.clear();
  field_value_.clear();
}

void LlhttpReader::record_head() {
  has_head_ = true;
  head_.keep_alive = llhttp_should_keep_alive(&parser_) != 0;
  framing_ = reads_requests_ ? framing_of_request(head_.http_version, head_.headers)
                             : framing_of_response(asked_method_, head_.status, head_.http_version,
                                                   head_.headers);
}

}  // namespace gatewatch::net
