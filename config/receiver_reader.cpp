#include "config/receiver_reader.h"

#include <fmt/format.h>

#include "config/url.h"

namespace gatewatch::config {

void require(Section& section, std::string_view key) {
  if (section.has(key)) return;
  section.mistakes().add(section.place(), fmt::format("the channel has no {}", key));
}

bool require_secret(Section& section, std::string_view key, Secret& into) {
  require(section, key);
  return section.secret(key, into, Sensitivity::Secret);
}

void read_secret_receiver(Section& section, HttpReceiver& into) {
  if (require_secret(section, "url", into.url)) {
    if (const auto url = Url::parse(into.url.reveal())) {
      into.url = Secret(url->text());  // an international host in ASCII
    } else {                           // no message says more than that it is wrong
      section.mistake("url", "is no http:// or https:// URL (it is not shown, being a secret)");
    }
  }
  section.readable_file("ca", into.ca);
}

void read_service_receiver(Section& section, HttpReceiver& into, std::string_view standard_url) {
  into.url = Secret(std::string(standard_url));
  if (section.secret("url", into.url, Sensitivity::Harmless)) {
    const auto url = Url::parse(into.url.reveal());
    if (!url || url->has_query) {
      section.mistake("url", "is no http:// or https:// URL without a query");
    }
  }
  section.readable_file("ca", into.ca);
}

}  // namespace gatewatch::config
