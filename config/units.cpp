#include "config/units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

namespace gatewatch::config {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array<Unit, 5> durations = {
    {{"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}}};
constexpr std::array<Unit, 9> sizes = {{{"B", 1},
                                        {"KiB", 1024.0},
                                        {"MiB", 1048576.0},
                                        {"GiB", 1073741824.0},
                                        {"TiB", 1099511627776.0},
                                        {"kB", 1e3},
                                        {"MB", 1e6},
                                        {"GB", 1e9},
                                        {"TB", 1e12}}};
constexpr double longest_duration_ms = 3660.0 * 86400e3;
constexpr double largest_size = 9e15;  // exact in a double

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}
bool is_number_part(char character) {
  return is_digit(character) || character == '.';
}

// A number without sign or exponent at the start of `text`, which moves past it.
std::optional<double> take_number(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_number_part(text[length])) ++length;
  if (length == 0 || !is_digit(text[0]) || !is_digit(text[length - 1])) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + length, number);
  if (error != std::errc{} || end != text.data() + length) return std::nullopt;
  text.remove_prefix(length);
  return number;
}

template <std::size_t count>
const Unit* take_unit(std::string_view& text, const std::array<Unit, count>& units) {
  std::size_t length = 0;
  while (length < text.size() && !is_number_part(text[length])) ++length;
  for (const auto& unit : units) {
    if (text.substr(0, length) == unit.name) {
      text.remove_prefix(length);
      return &unit;
    }
  }
  return nullptr;
}

}  // namespace

std::expected<Duration, Error> parse_duration(std::string_view text) {
  const auto mistake = [text] {
    return std::unexpected(Error{fmt::format(
        "\"{}\" is no duration: write a number and a unit (ms, s, m, h, d), like \"30s\" or "
        "\"1h30m\", at most \"3660d\"",
        text)});
  };
  double total = 0;
  auto rest = text;
  if (rest.empty()) return mistake();
  while (!rest.empty()) {
    const auto number = take_number(rest);
    const auto* const unit = number ? take_unit(rest, durations) : nullptr;
    if (unit == nullptr) return mistake();
    total += *number * unit->factor;
  }
  if (total > longest_duration_ms || (total > 0 && total < 1)) return mistake();
  return Duration(std::llround(total));
}

std::expected<std::uint64_t, Error> parse_size(std::string_view text) {
  auto rest = text;
  const auto number = take_number(rest);
  const auto* const unit = number ? take_unit(rest, sizes) : nullptr;
  if (unit == nullptr || !rest.empty() || *number * unit->factor > largest_size) {
    return std::unexpected(Error{fmt::format(
        "\"{}\" is no size: write a number and a unit (B, KiB, MiB, GiB, TiB), like \"64KiB\"",
        text)});
  }
  return static_cast<std::uint64_t>(std::llround(*number * unit->factor));
}

std::expected<double, Error> parse_rate(std::string_view text) {
  auto rest = text;
  auto number = take_number(rest);
  if (number && rest == "%") {
    number = *number / 100;
    rest = {};
  }
  if (!number || !rest.empty() || *number > 1) {
    return std::unexpected(Error{
        fmt::format("\"{}\" is no rate: write a share like \"5%\" or 0.05, at most 100 %", text)});
  }
  return *number;
}

std::string format_duration(Duration duration) {
  struct Part {
    std::int64_t milliseconds;
    const char* unit;
  };
  constexpr std::array<Part, 5> parts = {
      {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1'000, "s"}, {1, "ms"}}};
  if (duration.count() == 0) return "0s";
  std::string text;
  auto rest = duration.count();
  for (const auto& part : parts) {
    if (rest >= part.milliseconds) {
      text += fmt::format("{}{}", rest / part.milliseconds, part.unit);
      rest %= part.milliseconds;
    }
  }
  return text;
}

std::string format_size(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> names = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < names.size()) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{}{}", bytes, names[unit]);
}

}  // namespace gatewatch::config
