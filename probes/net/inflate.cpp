#include "probes/net/inflate.h"

#include <algorithm>
#include <array>

#include <zlib.h>

#include "probes/net/http_message.h"
#include "probes/net/llhttp_line.h"

namespace gatewatch::net {
namespace {

constexpr std::size_t max_codings = 3;
constexpr std::size_t output_bytes = 16 << 10;

enum class Wrapping : std::uint8_t { Gzip, Zlib, None };

// RFC 1950 section 2.2: method 8, and a header that is a multiple of 31. A bare deflate stream can
// look so by chance, but no common compressor begins one that way.
Wrapping wrapping_of_deflate(std::string_view start) {
  const auto first = static_cast<unsigned char>(start[0]);
  const auto second = static_cast<unsigned char>(start[1]);
  return (first & 0x0f) == 8 && (first * 256 + second) % 31 == 0 ? Wrapping::Zlib : Wrapping::None;
}

int window_bits(Wrapping wrapping) {
  switch (wrapping) {
    case Wrapping::Gzip:
      return MAX_WBITS + 16;
    case Wrapping::Zlib:
      return MAX_WBITS;
    case Wrapping::None:
      return -MAX_WBITS;
  }
  return MAX_WBITS;
}

}  // namespace

class Inflater::Stream {
 public:
  explicit Stream(Wrapping wrapping) {
    ready_ = inflateInit2(&zlib_, window_bits(wrapping)) == Z_OK;
  }
  ~Stream() {
    if (ready_) {
      inflateEnd(&zlib_);
    }
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  [[nodiscard]] bool ready() const { return ready_; }
  [[nodiscard]] z_stream& zlib() { return zlib_; }

 private:
  z_stream zlib_{};
  bool ready_ = false;
};

Inflater::Inflater(Coding coding, std::uint64_t limit) : coding_(coding), limit_(limit) {}
Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

InflateStatus Inflater::write(std::span<const char> bytes, const Sink& sink) {
  if (is_finished_ || bytes.empty()) {
    return InflateStatus::Ok;
  }
  if (stream_ != nullptr) {
    return inflate_into(bytes, sink);
  }
  if (coding_ == Coding::Gzip) {
    stream_ = std::make_unique<Stream>(Wrapping::Gzip);
    return inflate_into(bytes, sink);
  }
  const std::size_t taken = std::min(bytes.size(), 2 - start_.size());
  start_.append(bytes.data(), taken);
  if (start_.size() < 2) {
    return InflateStatus::Ok;
  }
  stream_ = std::make_unique<Stream>(wrapping_of_deflate(start_));
  const InflateStatus status = inflate_into(start_, sink);
  return status == InflateStatus::Ok ? inflate_into(bytes.subspan(taken), sink) : status;
}

InflateStatus Inflater::inflate_into(std::span<const char> bytes, const Sink& sink) {
  if (!stream_->ready()) {
    return InflateStatus::Broken;
  }
  z_stream& zlib = stream_->zlib();
  zlib.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
  zlib.avail_in = static_cast<uInt>(bytes.size());
  std::array<char, output_bytes> output;
  while (!is_finished_) {
    zlib.next_out = reinterpret_cast<Bytef*>(output.data());
    zlib.avail_out = static_cast<uInt>(output.size());
    const int code = inflate(&zlib, Z_NO_FLUSH);
    const std::size_t made = output.size() - zlib.avail_out;
    const auto allowed = std::min<std::uint64_t>(made, limit_ - produced_);
    produced_ += allowed;
    // What came out before a fault is told first: the result then never depends on how the bytes
    // were cut into writes.
    if (const auto status = sink(std::span(output).first(allowed)); status != InflateStatus::Ok) {
      return status;
    }
    if (made > allowed) {
      return InflateStatus::TooLarge;
    }
    is_finished_ = code == Z_STREAM_END;
    if (code == Z_BUF_ERROR || (code == Z_OK && zlib.avail_in == 0 && zlib.avail_out > 0)) {
      return InflateStatus::Ok;
    }
    if (code != Z_OK && code != Z_STREAM_END) {
      return InflateStatus::Broken;
    }
  }
  return InflateStatus::Ok;
}

InflateStatus Inflater::end() const {
  const bool has_begun = stream_ != nullptr || !start_.empty();
  return has_begun && !is_finished_ ? InflateStatus::Broken : InflateStatus::Ok;
}

ContentDecoder::ContentDecoder(std::string_view content_encoding, std::uint64_t limit) {
  while (!content_encoding.empty() && is_known_) {
    const std::size_t comma = std::min(content_encoding.find(','), content_encoding.size());
    const std::string_view coding = trim_blanks(content_encoding.substr(0, comma));
    content_encoding.remove_prefix(std::min(comma + 1, content_encoding.size()));
    if (coding.empty() || equals_ignoring_case(coding, "identity")) {
      continue;
    }
    const bool is_gzip =
        equals_ignoring_case(coding, "gzip") || equals_ignoring_case(coding, "x-gzip");
    is_known_ =
        (is_gzip || equals_ignoring_case(coding, "deflate")) && stages_.size() < max_codings;
    stages_.emplace(stages_.begin(), is_gzip ? Inflater::Coding::Gzip : Inflater::Coding::Deflate,
                    limit);
  }
}

InflateStatus ContentDecoder::write(std::span<const char> bytes, const Inflater::Sink& sink) {
  return is_known_ ? write_from(0, bytes, sink) : InflateStatus::Unknown;
}

InflateStatus ContentDecoder::write_from(std::size_t stage, std::span<const char> bytes,
                                         const Inflater::Sink& sink) {
  if (stage == stages_.size()) {
    return sink(bytes);
  }
  return stages_[stage].write(bytes, [this, stage, &sink](std::span<const char> inflated) {
    return write_from(stage + 1, inflated, sink);
  });
}

InflateStatus ContentDecoder::end() const {
  const bool is_whole = std::ranges::all_of(
      stages_, [](const Inflater& stage) { return stage.end() == InflateStatus::Ok; });
  return is_whole ? InflateStatus::Ok : InflateStatus::Broken;
}

}  // namespace gatewatch::net
