// Content codings undone (RFC 9110 section 8.4.1) by zlib, with a bound on what comes out: a bomb
// costs its limit, never its size. What follows the end of a compressed stream (a second gzip
// member, padding) is ignored, as browsers do.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatewatch::net {

enum class InflateStatus : std::uint8_t {
  Ok,
  TooLarge,  // more came out than the limit
  Broken,    // not the coding that it claims to be, or cut short
  Unknown,   // a coding that we do not have, or too many of them
};

// One coding: gzip, or deflate in either of its forms (RFC 1950, or the bare RFC 1951).
class Inflater {
 public:
  enum class Coding : std::uint8_t { Gzip, Deflate };
  // Takes what came out; anything but Ok ends the work.
  using Sink = std::function<InflateStatus(std::span<const char>)>;

  // `limit`: bytes that may come out.
  Inflater(Coding coding, std::uint64_t limit);
  ~Inflater();
  Inflater(Inflater&&) noexcept;
  Inflater& operator=(Inflater&&) noexcept;

  [[nodiscard]] InflateStatus write(std::span<const char> bytes, const Sink& sink);
  // At the end of the content: Broken where the stream is incomplete; nothing at all is complete.
  [[nodiscard]] InflateStatus end() const;

 private:
  class Stream;

  [[nodiscard]] InflateStatus inflate_into(std::span<const char> bytes, const Sink& sink);

  Coding coding_;
  std::uint64_t limit_;
  std::uint64_t produced_ = 0;
  std::string start_;  // of a deflate stream: two bytes tell its form
  bool is_finished_ = false;
  std::unique_ptr<Stream> stream_;  // made when the first bytes come: it costs 40 KB
};

// The codings of one Content-Encoding, undone in turn.
class ContentDecoder {
 public:
  // `content_encoding`: the field's value, empty for none. `limit`: bytes after each coding.
  ContentDecoder(std::string_view content_encoding, std::uint64_t limit);

  [[nodiscard]] InflateStatus write(std::span<const char> bytes, const Inflater::Sink& sink);
  [[nodiscard]] InflateStatus end() const;

 private:
  [[nodiscard]] InflateStatus write_from(std::size_t stage, std::span<const char> bytes,
                                         const Inflater::Sink& sink);

  bool is_known_ = true;
  std::vector<Inflater> stages_;  // in the order of undoing
};

}  // namespace gatewatch::net
