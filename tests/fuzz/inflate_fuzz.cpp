// Undoes the codings of any bytes, once whole and once in pieces: both give the same text and the
// same status, and never more than the limit.

#include <algorithm>
#include <array>
#include <string>

#include "probes/net/inflate.h"
#include "tests/fuzz/fuzz_input.h"

using namespace gatewatch::net;
using gatewatch::tests::FuzzInput;
using gatewatch::tests::PieceLengths;
using gatewatch::tests::require;

namespace {

class Decoding {
 public:
  Decoding(const char* codings, std::uint64_t limit) : decoder_(codings, limit) {}

  void take(std::span<const char> bytes) {
    if (status_ != InflateStatus::Ok) return;
    status_ = decoder_.write(bytes, [this](std::span<const char> out) {
      text_.append(out.data(), out.size());
      return InflateStatus::Ok;
    });
  }
  [[nodiscard]] InflateStatus end() {
    if (status_ == InflateStatus::Ok) status_ = decoder_.end();
    return status_;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  ContentDecoder decoder_;
  InflateStatus status_ = InflateStatus::Ok;
  std::string text_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array<const char*, 5> codings = {"gzip", "deflate", "gzip, gzip", "deflate, gzip",
                                                  "identity, x-gzip, deflate"};
  FuzzInput input(data, size);
  const auto* const coding = codings[input.next() % codings.size()];
  const std::uint64_t limit = input.next() % 2 == 0 ? 100 : 100'000;
  PieceLengths lengths(input.next());
  Decoding whole(coding, limit);
  whole.take(input.rest());
  Decoding pieces(coding, limit);
  for (auto rest = input.rest(); !rest.empty();) {
    const auto length = std::min(lengths.next(), rest.size());
    pieces.take(rest.first(length));
    rest = rest.subspan(length);
  }
  require(whole.end() == pieces.end(), "equal statuses");
  require(whole.text() == pieces.text(), "equal texts");
  require(whole.text().size() <= limit, "no more than the limit");
  return 0;
}
