#include "tests/contracts/records_samples.h"

#include <fmt/format.h>

namespace gatewatch::tests {

storage::IncidentStep sample_step(std::int64_t incident, std::int64_t sequence) {
  const auto probes = static_cast<std::uint64_t>(10 * sequence);
  storage::IncidentStep step;
  step.incident = {
      .id = incident,
      .rule = "bad-gateway",
      .gateway = "https://shop.example.com:443",
      .severity = "critical",
      .since = sample_time(-5),
      .opened = sample_time(),
      .last_event = sequence,
      .routes = {
          {"shop/checkout", sample_time(-5), true, probes, probes - 3, {"eu-west", "us \"east\""}},
          {"shop/cart", sample_time(-2), false, 4, 2, {}}}};
  step.event = {incident, sequence, sample_time(sequence), sequence == 1 ? "opened" : "worsened",
                "502 Bad Gateway on shop/checkout and 1 more route"};
  step.deliveries = {{.key = fmt::format("{}/{}/ops", incident, sequence),
                      .incident = incident,
                      .sequence = sequence,
                      .channel = "ops",
                      .notification = R"({"kind":"opened"})",
                      .created = sample_time(sequence),
                      .next_attempt = sample_time(sequence)}};
  return step;
}

}  // namespace gatewatch::tests
