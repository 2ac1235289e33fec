// One POST a notification, in our own JSON, version 1:
//
//   {"version": "1", "key": "…",               the delivery's identity: equal on every attempt
//    "kind": "opened|worsened|reminder|reopened|resolved", "state": "firing|resolved",
//    "incident": 12, "incident_key": "…", "sequence": 1,      of the event within the incident
//    "rule": "bad-gateway", "severity": "critical|warning|info",
//    "headline": "502 Bad Gateway on shop/checkout and 2 more routes", "what": "502 Bad Gateway",
//    "gateway": "https://shop.example.com:443", "share": "37 of 41 probes, 90 %",
//    "probes": 41, "failures": 37,
//    "since": "2026-11-20T10:05:06Z", "at": "…", "resolved": null or "…",     RFC 3339, UTC
//    "routes": [{"id": "shop/checkout", "url": "…", "runbook": "", "firing": true}],
//    "routes_total": 3,                        `routes` holds the first 500
//    "regions_failing": ["eu-west"], "regions_clean": [], "evidence": ["…"],
//    "diagnosis": "", "fixer": "", "link": "http://127.0.0.1:9502/incidents/12"}
//
// or, with format = "alertmanager", the payload of alertmanager_payload.h.
//
// Headers: Content-Type: application/json, Idempotency-Key: the key, and with `hmac_key` the
// signature: the hexadecimal HMAC-SHA256 of the body. Configured headers go along. Texts are
// cut at 4000 characters. New fields may appear within version 1.

#pragma once

#include <string>

#include "alerting/delivery/request.h"
#include "alerting/notification.h"
#include "config/channel.h"

namespace gatewatch::alerting {

// `name`: of the channel.
[[nodiscard]] HttpRequest render_webhook(const std::string& name,
                                         const config::WebhookChannel& webhook,
                                         const Notification& notification, const std::string& key);

}  // namespace gatewatch::alerting
