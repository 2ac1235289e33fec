#include "daemon/last_result.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace gatewatch::daemon {
namespace {

constexpr std::chrono::microseconds longest_phase = std::chrono::hours(1);

template <std::size_t Size>
std::array<char, Size> packed(std::string_view text) {
  std::array<char, Size> bytes{};
  text.substr(0, Size).copy(bytes.data(), Size);
  return bytes;
}

template <std::size_t Size>
std::string unpacked(const std::array<char, Size>& bytes) {
  return {bytes.begin(), std::ranges::find(bytes, '\0')};
}

}  // namespace

LastResult::LastResult(const Result& result)
    : started_(result.started),
      interval_(result.interval),
      body_size_(result.body_size),
      resolved_(result.resolved),
      remote_(result.remote),
      trace_id_(packed<32>(result.trace_id)),
      http_version_(packed<4>(result.http_version)),
      status_(static_cast<std::int16_t>(result.status)),
      redirects_(static_cast<std::int16_t>(result.redirects)),
      kind_(result.kind),
      outcome_(result.outcome),
      last_phase_(result.last_phase),
      broken_family_(result.broken_family),
      addresses_changed_(result.addresses_changed),
      turn_goes_on_(result.turn_goes_on),
      cert_expiring_(result.cert_expiring),
      maintenance_(result.maintenance) {
  std::ranges::transform(result.timings.phases, phases_us_.begin(), [](auto duration) {
    return static_cast<std::uint32_t>(std::min(duration, longest_phase).count());
  });
  Texts texts{result.reason, result.detail, result.tls_version, result.tls_cipher,
              result.certificate};
  if (texts != Texts{}) texts_ = std::make_unique<const Texts>(std::move(texts));
}

Result LastResult::unpack(std::string route, std::string region) const {
  Result result;
  result.started = started_;
  result.route = std::move(route);
  result.region = std::move(region);
  result.kind = kind_;
  result.interval = interval_;
  result.turn_goes_on = turn_goes_on_;
  result.maintenance = maintenance_;
  result.outcome = outcome_;
  result.status = status_;
  result.last_phase = last_phase_;
  std::ranges::transform(phases_us_, result.timings.phases.begin(),
                         [](auto us) { return std::chrono::microseconds(us); });
  result.body_size = body_size_;
  result.redirects = redirects_;
  result.remote = remote_;
  result.resolved = resolved_;
  result.addresses_changed = addresses_changed_;
  result.broken_family = broken_family_;
  result.http_version = unpacked(http_version_);
  result.cert_expiring = cert_expiring_;
  result.trace_id = unpacked(trace_id_);
  if (texts_ != nullptr) {
    result.reason = texts_->reason;
    result.detail = texts_->detail;
    result.tls_version = texts_->tls_version;
    result.tls_cipher = texts_->tls_cipher;
    result.certificate = texts_->certificate;
  }
  return result;
}

}  // namespace gatewatch::daemon
