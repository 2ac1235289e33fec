// What a notification says, line by line, in the one order that every medium keeps: what, since
// when, share and counts, regions, diagnosis, who fixes it, evidence, links. Pure; each text is
// one clean, bounded line, not yet escaped for a medium.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "alerting/notification.h"

namespace gatewatch::alerting {

struct Fact {
  std::string label;
  std::string text;

  friend bool operator==(const Fact&, const Fact&) = default;
};

struct Link {
  std::string label;
  std::string url;  // http or https, fit to be a link everywhere

  friend bool operator==(const Link&, const Link&) = default;
};

struct Message {
  std::string title;    // "Resolved: 502 Bad Gateway on shop/checkout and 2 more routes"
  std::string how_bad;  // "37 of 41 probes, 90 %", which is also a fact
  std::string summary;  // the title's facts in one line, for previews
  std::vector<Fact> facts;
  std::vector<std::string> evidence;  // at most three
  std::vector<Link> links;
  std::string footer;  // severity, rule and number of the incident

  friend bool operator==(const Message&, const Message&) = default;
};

[[nodiscard]] Message make_message(const Notification& notification);

// Resolved, or still firing.
[[nodiscard]] bool is_resolution(const Notification& notification);
// Resolved because it was seen to be healthy, and not because nobody watches it any more.
[[nodiscard]] bool is_recovery(const Notification& notification);
// A certificate is the same from everywhere, and where an incident is over nothing fails.
[[nodiscard]] bool tells_regions(const Notification& notification);

// How a medium is to sound: its colours, signs and priorities are tables over this.
enum class Tone : std::uint8_t { Critical, Warning, Info, Recovered, Closed };
[[nodiscard]] Tone tone_of(const Notification& notification);
[[nodiscard]] std::string_view sign_of(const Notification& notification);  // an emoji

// The name under which a service keeps what it was told of the incident, so that the end closes
// what the opening opened: at most 128 of letters, digits, - _ and dots, different for different
// incidents.
[[nodiscard]] std::string incident_handle(const Notification& notification);

}  // namespace gatewatch::alerting
