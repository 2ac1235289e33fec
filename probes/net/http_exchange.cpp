#include "probes/net/http_exchange.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "probes/net/digest.h"
#include "probes/net/inflate.h"
#include "probes/net/llhttp_reader.h"
#include "probes/text.h"

namespace gatewatch::net {
namespace {

constexpr int max_interim_responses = 64;
constexpr std::size_t max_quoted = 80;  // bytes

ExchangeFailure failure_of(ReadFault fault) {
  switch (fault) {
    case ReadFault::HeadTooLarge:
    case ReadFault::TooManyFields:
      return ExchangeFailure::HeaderTooLarge;
    case ReadFault::ContentTooLarge:
      return ExchangeFailure::BodyTooLarge;
    case ReadFault::UnknownCoding:
      return ExchangeFailure::DecodeError;
    default:
      return ExchangeFailure::Malformed;
  }
}

}  // namespace

class HttpExchange::Parser {
 public:
  Parser(const std::string& method, const ExchangeLimits& limits)
      : limits_(limits),
        reader_({.head = limits.head, .content = limits.body, .framing = limits.overhead}, method),
        decoder_("", limits.body) {}

  void feed(std::span<const char> bytes);
  void end();

  [[nodiscard]] const std::string& raw_head() const { return reader_.raw_head(); }
  [[nodiscard]] BodyDigest body_digest() const;

  ExchangeState state = ExchangeState::Head;
  bool has_head = false;
  ExchangeFailure failure = ExchangeFailure::None;
  std::string detail;
  Response response;
  std::uint64_t wire_bytes = 0;

 private:
  [[nodiscard]] bool is_settled() const {
    return state == ExchangeState::Complete || state == ExchangeState::Failed;
  }
  void act();
  void skip_interim();
  void take_status();
  void take_head();
  void take_content(std::span<const char> bytes);
  void hash(std::span<const char> beyond_kept);
  void take_inflate_status(InflateStatus status);
  void complete();
  void fail(ExchangeFailure why, std::string sentence);
  void fail(ReadFault fault);

  ExchangeLimits limits_;
  LlhttpReader reader_;
  ContentDecoder decoder_;
  std::optional<Sha256> digest_;  // of all so far, once that is more than what is kept
  int interim_responses_ = 0;
};

void HttpExchange::Parser::feed(std::span<const char> bytes) {
  wire_bytes += bytes.size();
  while (!bytes.empty() && !is_settled()) {
    bytes = bytes.subspan(reader_.feed(bytes));
    act();
  }
}

void HttpExchange::Parser::act() {
  if (response.status == 0 && reader_.head().status >= 200) {
    take_status();
  }
  if (reader_.has_head() && state == ExchangeState::Head && reader_.fault() == ReadFault::None) {
    if (reader_.head().status / 100 == 1) {
      skip_interim();
      return;
    }
    take_head();
  }
  if (!reader_.content().empty()) {
    take_content(reader_.content());
  }
  if (is_settled()) {
    return;
  }
  if (reader_.fault() != ReadFault::None) {
    fail(reader_.fault());
  } else if (reader_.done()) {
    complete();
  }
}

void HttpExchange::Parser::skip_interim() {
  if (reader_.head().status == 101) {
    fail(ExchangeFailure::Malformed, "The server switches protocols, which nobody asked for.");
  } else if (++interim_responses_ > max_interim_responses) {
    fail(ExchangeFailure::Malformed,
         fmt::format("More than {} interim responses came.", max_interim_responses));
  } else {
    reader_.restart();
  }
}

// Known before the headers are, and whatever becomes of them.
void HttpExchange::Parser::take_status() {
  response.status = reader_.head().status;
  response.reason = reader_.head().reason;
  response.http_version = reader_.head().http_version;
}

void HttpExchange::Parser::take_head() {
  state = ExchangeState::Body;
  has_head = true;
  response.headers = reader_.take_headers();
  std::string codings;
  for (const auto& [name, value] : response.headers.all()) {
    if (equals_ignoring_case(name, "Content-Encoding")) {
      codings += (codings.empty() ? "" : ",") + value;
    }
  }
  if (!codings.empty()) {
    decoder_ = ContentDecoder(codings, limits_.body);
  }
}

void HttpExchange::Parser::take_content(std::span<const char> bytes) {
  response.body_size += bytes.size();
  take_inflate_status(decoder_.write(bytes, [this](std::span<const char> decoded) {
    const std::uint64_t room = limits_.kept - response.body.size();
    const auto kept = decoded.first(std::min<std::uint64_t>(room, decoded.size()));
    response.body.append(kept.data(), kept.size());
    response.body_length += decoded.size();
    if (kept.size() < decoded.size()) hash(decoded.subspan(kept.size()));
    return InflateStatus::Ok;
  }));
}

void HttpExchange::Parser::hash(std::span<const char> beyond_kept) {
  if (limits_.unhashed == nullptr || limits_.unhashed->contains(response.status)) return;
  if (!digest_) digest_.emplace().add(response.body);
  digest_->add(beyond_kept);
}

BodyDigest HttpExchange::Parser::body_digest() const {
  if (digest_) return {.sha256 = digest_->hex(), .size = digest_->size()};
  if (response.body.empty()) return {};
  Sha256 digest;
  digest.add(response.body);
  return {.sha256 = digest.hex(), .size = digest.size()};
}

void HttpExchange::Parser::take_inflate_status(InflateStatus status) {
  const auto codings = [this] {
    return quote(response.headers.get("Content-Encoding"), max_quoted);
  };
  switch (status) {
    case InflateStatus::Ok:
      return;
    case InflateStatus::TooLarge:
      return fail(ExchangeFailure::BodyTooLarge,
                  fmt::format("The body is longer than {} bytes when inflated.", limits_.body));
    case InflateStatus::Broken:
      return fail(ExchangeFailure::DecodeError,
                  fmt::format("The body is not what Content-Encoding {} says.", codings()));
    case InflateStatus::Unknown:
      return fail(ExchangeFailure::DecodeError,
                  fmt::format("The Content-Encoding {} is unknown or too long.", codings()));
  }
}

void HttpExchange::Parser::complete() {
  take_inflate_status(decoder_.end());
  if (!is_settled()) {
    state = ExchangeState::Complete;
  }
}

void HttpExchange::Parser::end() {
  if (is_settled()) {
    return;
  }
  if (reader_.end()) {
    complete();
  } else if (wire_bytes == 0) {
    fail(ExchangeFailure::Empty, "The server closed the connection without an answer.");
  } else if (state == ExchangeState::Body) {
    fail(ExchangeFailure::IncompleteBody,
         fmt::format("The connection ended after {} bytes of the body.", response.body_size));
  } else if (reader_.head().status == 0 && !begins_like_response(reader_.line())) {
    fail(ReadFault::NotHttp);
  } else {
    fail(ExchangeFailure::IncompleteHeaders, "The connection ended inside the header.");
  }
}

void HttpExchange::Parser::fail(ReadFault fault) {
  std::string sentence(read_fault_sentence(fault));
  if (!reader_.line().empty()) {
    sentence += " It stands at " + quote(reader_.line(), max_quoted) + ".";
  }
  fail(failure_of(fault), std::move(sentence));
}

void HttpExchange::Parser::fail(ExchangeFailure why, std::string sentence) {
  state = ExchangeState::Failed;
  failure = why;
  detail = std::move(sentence);
}

HttpExchange::HttpExchange(const std::string& method, const ExchangeLimits& limits)
    : parser_(std::make_unique<Parser>(method, limits)) {}
HttpExchange::~HttpExchange() = default;
HttpExchange::HttpExchange(HttpExchange&&) noexcept = default;
HttpExchange& HttpExchange::operator=(HttpExchange&&) noexcept = default;

void HttpExchange::feed(std::span<const char> bytes) {
  parser_->feed(bytes);
}

void HttpExchange::end() {
  parser_->end();
}

ExchangeState HttpExchange::state() const {
  return parser_->state;
}

ExchangeFailure HttpExchange::failure() const {
  return parser_->failure;
}

const std::string& HttpExchange::failure_detail() const {
  return parser_->detail;
}

bool HttpExchange::has_first_byte() const {
  return parser_->wire_bytes > 0;
}

bool HttpExchange::has_status() const {
  return parser_->response.status != 0;
}

bool HttpExchange::has_head() const {
  return parser_->has_head;
}

const std::string& HttpExchange::raw_head() const {
  return parser_->raw_head();
}

BodyDigest HttpExchange::body_digest() const {
  return parser_->body_digest();
}

const Response& HttpExchange::response() const {
  return parser_->response;
}

std::uint64_t HttpExchange::wire_bytes() const {
  return parser_->wire_bytes;
}

}  // namespace gatewatch::net
