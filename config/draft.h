// What the files say, each thing with its place, before the parts are held against each other.

#pragma once

#include <optional>
#include <vector>

#include "config/config.h"
#include "config/mistake.h"
#include "config/section.h"

namespace gatewatch::config {

struct RouteDraft {
  Route route;
  Place place;                   // of the name, or of the table
  bool timeout_written = false;  // in the route or in [defaults]
  std::vector<PlacedText> depends_on;
  Place latency;        // of expect.latency, in the route or in [defaults]
  bool certain = true;  // false: there may be defaults, but they could not be read
};

struct RuleDraft {
  Rule rule;
  Place place;
  Place window;
  Place regions;
  std::vector<PlacedText> routes;  // empty: the default
  Place tags;
  std::vector<PlacedText> notify;
  bool notify_written = false;
  std::vector<PlacedText> escalate;  // the channels of all its steps
};

struct ChannelDraft {
  Channel channel;
  Place place;
  Place fallback;
};

// Where the routes that something is about are named.
struct ScopeDraft {
  Place place;                     // of the name, or of the table
  std::vector<PlacedText> routes;  // empty: not written
  Place tags;
};

struct SilenceDraft {
  Silence silence;
  ScopeDraft scope;
  std::vector<PlacedText> rules;
};

struct MaintenanceDraft {
  Maintenance maintenance;
  ScopeDraft scope;
};

struct Draft {
  Daemon daemon;
  Storage storage;
  RouteDraft defaults;  // every route begins as a copy of it
  std::vector<RouteDraft> routes;
  std::vector<RuleDraft> rules;
  std::vector<ChannelDraft> channels;
  std::vector<SilenceDraft> silences;
  std::vector<MaintenanceDraft> maintenances;
  bool complete = true;  // every file could be read and every route and channel has a name
};

}  // namespace gatewatch::config
