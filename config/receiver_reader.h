// Reads what channels of several types have in common.

#pragma once

#include <string_view>

#include "config/channel.h"
#include "config/section.h"

namespace gatewatch::config {

// A mistake where the channel has no `key`.
void require(Section& section, std::string_view key);
// A secret that must be there; whether it is, and is right.
bool require_secret(Section& section, std::string_view key, Secret& into);

// The URL of a receiver is a secret as a whole: whoever knows it can post there.
void read_secret_receiver(Section& section, HttpReceiver& into);
// The URL of a service's interface, below which its paths begin: known to everyone, and
// `standard_url` where it is not given.
void read_service_receiver(Section& section, HttpReceiver& into, std::string_view standard_url);

}  // namespace gatewatch::config
