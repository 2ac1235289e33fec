#include "probes/net/http_request_parser.h"

#include <utility>

#include "probes/net/llhttp_reader.h"

namespace gatewatch::net {
namespace {

int status_of(ReadFault fault) {
  switch (fault) {
    case ReadFault::None:
      return 0;
    case ReadFault::HeadTooLarge:
    case ReadFault::TooManyFields:
      return 431;
    case ReadFault::ContentTooLarge:
      return 413;
    case ReadFault::BadVersion:
      return 505;
    case ReadFault::UnknownMethod:
    case ReadFault::UnknownCoding:
    case ReadFault::ChunkedNotLast:
      return 501;
    default:
      return 400;
  }
}

// What is known to be wrong once the head is complete; 0: nothing.
int status_of_head(const MessageHead& head, const Framing& framing, const RequestLimits& limits) {
  if (head.headers.count("Host") != 1) {
    return 400;
  }
  if (framing.kind == BodyFraming::Length && framing.length > limits.body) {
    return 413;
  }
  // We never say "100 Continue"; who waits for it is told at once, and asks again without.
  return head.headers.contains("Expect") ? 417 : 0;
}

}  // namespace

class HttpRequestParser::Parser {
 public:
  explicit Parser(const RequestLimits& limits)
      : limits_(limits),
        reader_({.head = limits.head, .content = limits.body, .framing = limits.head}) {}

  std::size_t feed(std::span<const char> bytes);
  [[nodiscard]] Request take();

  State state = State::Reading;
  int failure_status = 0;
  bool has_any_byte = false;
  bool keep_alive = false;

 private:
  void act();
  void fail(int status) {
    state = State::Failed;
    failure_status = status;
  }

  RequestLimits limits_;
  LlhttpReader reader_;
  bool is_head_checked_ = false;
  std::string body_;
};

std::size_t HttpRequestParser::Parser::feed(std::span<const char> bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && state == State::Reading) {
    taken += reader_.feed(bytes.subspan(taken));
    has_any_byte = true;
    act();
  }
  return taken;
}

void HttpRequestParser::Parser::act() {
  if (const int status = status_of(reader_.fault()); status != 0) {
    fail(status);
    return;
  }
  if (reader_.has_head() && !is_head_checked_) {
    is_head_checked_ = true;
    if (const int status = status_of_head(reader_.head(), reader_.framing(), limits_);
        status != 0) {
      fail(status);
      return;
    }
    keep_alive = reader_.head().keep_alive && reader_.head().method != "CONNECT";
  }
  body_.append(reader_.content().data(), reader_.content().size());
  if (reader_.done()) {
    state = State::Complete;
  }
}

HttpRequestParser::HttpRequestParser(const RequestLimits& limits)
    : limits_(limits), parser_(std::make_unique<Parser>(limits)) {}
HttpRequestParser::~HttpRequestParser() = default;

std::size_t HttpRequestParser::feed(std::span<const char> bytes) {
  return parser_->feed(bytes);
}

HttpRequestParser::State HttpRequestParser::state() const {
  return parser_->state;
}

int HttpRequestParser::failure_status() const {
  return parser_->failure_status;
}

bool HttpRequestParser::keep_alive() const {
  return parser_->keep_alive;
}

bool HttpRequestParser::has_any_byte() const {
  return parser_->has_any_byte;
}

Request HttpRequestParser::take() {
  Request request = parser_->take();
  parser_ = std::make_unique<Parser>(limits_);
  return request;
}

Request HttpRequestParser::Parser::take() {
  const MessageHead& head = reader_.head();
  return {.method = head.method,
          .target = head.target,
          .http_version = head.http_version,
          .headers = head.headers,
          .body = std::move(body_)};
}

}  // namespace gatewatch::net
