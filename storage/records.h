// What is stored, as values in the words of the domain. storage/sqlite/schema.sql is their form on
// disk; the views documented there are a public format. Every field has an initialiser, so that a
// designated one may leave it out.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/result.h"
#include "probes/time.h"

namespace gatewatch::storage {

enum class IncidentState : std::uint8_t { Open, Resolved };
[[nodiscard]] std::string_view incident_state_name(IncidentState state) noexcept;

// A route that takes part in an incident: since when, and how much of it failed.
struct IncidentRoute {
  std::string route{};
  Timestamp since{};  // the first matching result
  bool firing = true;
  std::uint64_t probes = 0;            // results since then
  std::uint64_t failures = 0;          // matching ones among them
  std::vector<std::string> regions{};  // those that breached

  friend bool operator==(const IncidentRoute&, const IncidentRoute&) = default;
};

struct IncidentRecord {
  std::int64_t id = 0;  // from 1, never used twice
  std::string rule{};
  std::string gateway{};  // what its routes share: "https://host:port"
  std::string severity{};
  IncidentState state = IncidentState::Open;
  Timestamp since{};   // the first matching result: when it began
  Timestamp opened{};  // when the rule fired
  std::optional<Timestamp> resolved{};
  std::int64_t last_event = 0;  // the sequence number of its newest event
  std::optional<Timestamp> acknowledged{};
  std::string acknowledged_by{};  // who said so; empty: nobody
  std::string held_by{};          // what holds its notifications back, one clause; empty: nothing
  std::vector<IncidentRoute> routes{};

  friend bool operator==(const IncidentRecord&, const IncidentRecord&) = default;
};

struct IncidentEvent {
  std::int64_t incident = 0;
  std::int64_t sequence = 0;  // from 1 within the incident, without gaps
  Timestamp at{};
  std::string kind{};  // "opened", "worsened", "reminder", "resolved", "reopened"
  std::string text{};  // one sentence

  friend bool operator==(const IncidentEvent&, const IncidentEvent&) = default;
};

enum class DeliveryState : std::uint8_t { Pending, Delivered, Failed };
[[nodiscard]] std::string_view delivery_state_name(DeliveryState state) noexcept;

// One notification on its way to one channel. `key` is its identity: stable over attempts and
// restarts, unique for ever.
struct DeliveryRecord {
  std::string key{};
  std::int64_t incident = 0;
  std::int64_t sequence = 0;  // of the event it tells
  std::string channel{};
  std::string notification{};  // alerting::Notification as JSON
  DeliveryState state = DeliveryState::Pending;
  int attempts = 0;
  Timestamp created{};
  Timestamp next_attempt{};
  std::optional<Timestamp> finished{};
  std::string last_error{};  // empty: none; holds no secret

  friend bool operator==(const DeliveryRecord&, const DeliveryRecord&) = default;
};

// One step of an incident and what it tells whom: written in one transaction.
struct IncidentStep {
  IncidentRecord incident{};  // as it is after the step
  IncidentEvent event{};
  std::vector<DeliveryRecord> deliveries{};

  friend bool operator==(const IncidentStep&, const IncidentStep&) = default;
};

// Holds notifications back for a time. Lists are of globs, of which one must match; all tags must.
// What is empty matches everything.
struct SilenceRecord {
  std::int64_t id = 0;  // from 1, never used twice
  std::vector<std::string> routes{};
  std::map<std::string, std::string> tags{};
  std::vector<std::string> rules{};
  std::vector<std::string> regions{};
  Timestamp starts{};
  Timestamp ends{};  // exclusive; becomes earlier where it is ended by hand
  std::string author{};
  std::string comment{};
  Timestamp created{};

  friend bool operator==(const SilenceRecord&, const SilenceRecord&) = default;
};

// What somebody changed, like a deployment.
struct ChangeRecord {
  std::int64_t id = 0;  // from 1, never used twice
  Timestamp at{};
  std::vector<std::string> routes{};  // globs; empty: everywhere
  std::string text{};
  std::string link{};    // empty: none
  std::string author{};  // empty: unknown

  friend bool operator==(const ChangeRecord&, const ChangeRecord&) = default;
};

// What was seen and is not stored.
struct GapRecord {
  std::string kind{};       // "results", "evidence", "history"
  Timestamp since{};        // when the first of them began
  Timestamp until{};        // when the last did
  std::uint64_t count = 0;  // 0: nobody knows

  friend bool operator==(const GapRecord&, const GapRecord&) = default;
};

// A database that was damaged, or deleted while it was used.
struct LostHistory {
  std::string file{};    // where it was set aside; empty: nobody knows where it is
  std::string damage{};  // one sentence
  Timestamp at{};
  std::uint64_t incidents = 0;  // that could be read, and go on
  bool all_incidents = false;   // none is known to be missing

  friend bool operator==(const LostHistory&, const LostHistory&) = default;
};

// Of what lies or reaches into [from, before); newest first.
struct TimeQuery {
  std::optional<Timestamp> from{};
  std::optional<Timestamp> before{};
  std::uint32_t limit = 1000;
};

// Whether the store keeps the trace of `result`: where it is not ok.
[[nodiscard]] bool keeps_trace_id(const Result& result) noexcept;

struct ResultQuery {
  std::string route{};                // empty: every route
  std::optional<Timestamp> from{};    // inclusive
  std::optional<Timestamp> before{};  // exclusive
  bool newest_first = true;
  std::uint32_t limit = 1000;
};

// What rules need of a result.
struct ResultOutline {
  Timestamp started{};
  std::string region{};
  ProbeKind kind = ProbeKind::Scheduled;
  Outcome outcome = Outcome::Ok;
  int status = 0;
  bool cert_expiring = false;
  bool maintenance = false;

  friend bool operator==(const ResultOutline&, const ResultOutline&) = default;
};
[[nodiscard]] ResultOutline outline_of(const Result& result);

struct IncidentQuery {
  bool open_only = false;
  std::optional<std::int64_t> id{};
  std::uint32_t limit = 100;  // newest first
};

struct IncidentHistory {
  IncidentRecord incident{};
  std::vector<IncidentEvent> events{};       // oldest first
  std::vector<DeliveryRecord> deliveries{};  // oldest first
};

}  // namespace gatewatch::storage
