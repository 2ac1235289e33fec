#include "daemon/disturbances.h"

#include <algorithm>

#include "daemon/blame.h"

namespace gatewatch::daemon {
namespace {

constexpr std::size_t most_gaps = 16;

// Whether an answer was missing or late: one that came whole and in time says what it says.
bool lacks_answer(const Result& result) {
  switch (result.outcome) {
    case Outcome::Slow:
    case Outcome::DnsFailure:
    case Outcome::ConnectTimeout:
    case Outcome::ConnectUnreachable:
    case Outcome::Timeout:
    case Outcome::ConnectionReset:
    case Outcome::EmptyReply:
    case Outcome::IncompleteHeaders:
    case Outcome::IncompleteBody:
    case Outcome::ProxyFailure:
      return true;
    case Outcome::TlsFailure:
      return !result.certificate.has_value();
    default:
      return false;
  }
}

}  // namespace

Disturbances::Disturbances(const ClockReading& start)
    : clocks_(start), next_look_(start.monotonic + look_period) {}

void Disturbances::look(const ClockReading& now) {
  note(now);
  next_look_ = now.monotonic + look_period;
}

void Disturbances::note(const ClockReading& now) {
  const auto add = [this](const Gap& gap) {
    if (gaps_.size() == most_gaps) gaps_.erase(gaps_.begin());
    gaps_.push_back(gap);
  };
  if (now.monotonic - next_look_ > least_stall) {
    add({.from = next_look_, .to = now.monotonic, .is_suspend = false});
    next_look_ = now.monotonic;  // until the look comes
  }
  const auto before = clocks_.last().monotonic;
  for (const auto& jump : clocks_.look(now)) {
    if (jump.kind != ClockJump::Kind::Suspend) continue;
    add({.from = before, .to = now.monotonic, .is_suspend = true});
  }
}

void Disturbances::judge(Result& result, const Target& target, const ClockReading& now) {
  note(now);
  const auto began = now.monotonic - result.duration();
  if (lacks_answer(result)) {
    if (slept_since(began)) {
      return blame_ourselves(result, "suspended", "the machine slept while it was probed");
    }
    const auto stalled = stalled_since(began);
    const bool is_long = stalled >= target.route->timeout / 4 || result.outcome == Outcome::Slow;
    if (stalled >= least_stall && is_long) {
      return blame_ourselves(result, "stalled", "gatewatch stood still while it was probed");
    }
  }
  judge_certificate(result, target, now);
}

std::chrono::nanoseconds Disturbances::stalled_since(Instant began) const {
  std::chrono::nanoseconds stalled{0};
  for (const auto& gap : gaps_) {
    if (gap.is_suspend || gap.to <= began) continue;
    stalled += gap.to - std::max(gap.from, began);
  }
  return stalled;
}

bool Disturbances::slept_since(Instant began) const {
  return std::ranges::any_of(gaps_,
                             [began](const Gap& gap) { return gap.is_suspend && gap.to >= began; });
}

// A certificate is not out of date because our clock was set: it is, where both clocks say so.
void Disturbances::judge_certificate(Result& result, const Target& target,
                                     const ClockReading& now) const {
  const auto expected = clocks_.expected_wall(now);
  if (!result.certificate || expected == now.wall) return;
  const auto& certificate = *result.certificate;
  if (result.cert_expiring) {
    result.cert_expiring = target.judge->expires_soon(certificate, expected);
  }
  const bool is_of_dates = result.outcome == Outcome::TlsFailure &&
                           (result.reason == "expired" || result.reason == "not_yet_valid");
  const bool was_valid = certificate.not_before <= expected && expected <= certificate.not_after;
  if (is_of_dates && was_valid) {
    blame_ourselves(result, "clock_jump", "the clock of this machine was set");
  }
}

}  // namespace gatewatch::daemon
