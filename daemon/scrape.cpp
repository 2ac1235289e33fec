#include "daemon/scrape.h"

#include <algorithm>
#include <utility>

#include <prometheus/text_serializer.h>

#include "daemon/route_families.h"

namespace gatewatch::daemon {
namespace {

constexpr std::size_t routes_per_slice = 32;

std::string text_of(const std::vector<prometheus::MetricFamily>& families) {
  return prometheus::TextSerializer().Serialize(families);
}

std::string text_of(prometheus::MetricFamily family) {
  std::vector<prometheus::MetricFamily> families;  // a list of braces would copy it
  families.push_back(std::move(family));
  return text_of(families);
}

// Without the lines that open a family.
std::string_view without_opening(std::string_view text) {
  while (text.starts_with('#')) text.remove_prefix(text.find('\n') + 1);
  return text;
}

}  // namespace

Scrape::Scrape(std::shared_ptr<const LiveRoutes::List> routes,
               std::vector<prometheus::MetricFamily> whole)
    : routes_(std::move(routes)), whole_(std::move(whole)) {}

// A slice may be empty, as of failures where none failed; a piece is not.
std::string Scrape::next() {
  std::string piece;
  while (piece.empty() && family_ < route_families().size()) piece = next_slice();
  return piece.empty() ? text_of(std::exchange(whole_, {})) : piece;
}

std::string Scrape::next_slice() {
  const auto& family = route_families()[family_];
  const bool opens = route_ == 0;
  const auto end = std::min(route_ + routes_per_slice, routes_->size());
  auto slice = family.empty;
  for (; route_ < end; ++route_) {
    const auto& route = *(*routes_)[route_];
    for (const auto& region : route.regions) family.add(slice, route.id, region);
  }
  if (end == routes_->size()) {
    ++family_;
    route_ = 0;
  }
  if (slice.metric.empty() && !opens) return {};
  auto text = text_of(std::move(slice));
  return opens ? text : std::string(without_opening(text));
}

}  // namespace gatewatch::daemon
