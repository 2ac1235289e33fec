// What a failing exchange showed, taken inside it: what a person needs who looks for the cause, and
// what a gateway's owner needs to find the request. Its result says the rest: addresses, phases,
// trace, TLS. Secrets are redacted in all of it (probes/redaction.h), ours and the server's.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gatewatch {

// A field by which a request is found in a gateway's logs.
struct RequestId {
  std::string name{};   // in the spelling of its vendor: "CF-Ray"
  std::string value{};  // one clean line, at most 120 bytes

  friend bool operator==(const RequestId&, const RequestId&) = default;
};

// Every field has an initialiser, so that a designated one may leave it out.
struct Evidence {
  static constexpr std::size_t longest_head = 16 << 10;  // bytes
  static constexpr std::size_t longest_body = 8 << 10;   // bytes

  // Status line and headers of the last hop as they came, or what came instead of them.
  std::string head{};
  // The first bytes of the content after Content-Encoding is undone; any bytes, perhaps no text.
  std::string body{};
  std::uint64_t body_length = 0;  // of that content, as far as it was read
  bool body_complete = false;     // it was read to its end
  // Of the first body_hashed bytes of that content, before anything is redacted; empty for none.
  std::string body_sha256{};  // 64 hex digits
  // Equals body_length, but for a body beyond 8 KiB (64 KiB where an expectation looks at it) whose
  // status was as expected: hashing it for the case that it fails would cost all that do not.
  std::uint64_t body_hashed = 0;
  std::string resolver{};  // who was asked for the last hop's name: as configured; empty: nobody
  // SHA-256 over the SHA-256 of every certificate that the server sent, in its order; hex digits.
  std::string chain_fingerprint{};
  std::vector<RequestId> request_ids{};  // in the order of the wire, at most 8

  friend bool operator==(const Evidence&, const Evidence&) = default;
};

// Evidence that the copies of a result share, or none. Immutable; may be read on any thread.
class SharedEvidence {
 public:
  SharedEvidence() = default;
  explicit SharedEvidence(Evidence evidence)
      : evidence_(std::make_shared<const Evidence>(std::move(evidence))) {}

  [[nodiscard]] explicit operator bool() const { return evidence_ != nullptr; }
  [[nodiscard]] const Evidence& operator*() const { return *evidence_; }
  [[nodiscard]] const Evidence* operator->() const { return evidence_.get(); }
  void reset() { evidence_.reset(); }

  friend bool operator==(const SharedEvidence& left, const SharedEvidence& right) {
    if (left.evidence_ == right.evidence_) return true;
    return left && right && *left == *right;
  }

 private:
  std::shared_ptr<const Evidence> evidence_;
};

}  // namespace gatewatch
