// The trace that a probe begins (W3C Trace Context, level 1), so that the owner of a gateway finds
// the very request in its log.

#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

namespace gatewatch {

// Fills the bytes with random ones.
using RandomSource = std::function<void(std::span<std::byte>)>;

// From the kernel's generator. Any thread.
void fill_from_system(std::span<std::byte> bytes);

[[nodiscard]] std::string make_trace_id(const RandomSource& random);  // 32 hex digits, not all 0
[[nodiscard]] std::string make_span_id(const RandomSource& random);   // 16 hex digits, not all 0

// The header's value: version 00, sampled.
[[nodiscard]] std::string traceparent(const std::string& trace_id, const std::string& span_id);

}  // namespace gatewatch
