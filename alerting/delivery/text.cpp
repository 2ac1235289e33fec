#include "alerting/delivery/text.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace gatewatch::alerting {
namespace {

constexpr char32_t replacement = 0xfffd;

bool is_blank(char32_t code) {
  return code == ' ' || (code >= '\t' && code <= '\r') || code == 0x85 || code == 0x2028 ||
         code == 0x2029;
}

bool is_unseen(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x202a && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
         code == 0xfeff || (code >= 0xe0000 && code <= 0xe007f);
}

// Builds a text of at most `limit` units; room for the ellipsis is kept until the end is known.
class LineBuilder {
 public:
  explicit LineBuilder(std::size_t limit) : limit_(limit) {}

  // False once the text is full: it was cut.
  bool append(Character character) {
    if (units_ + character.units() > limit_) {
      text_.resize(bytes_with_room_);
      text_ += ellipsis;
      return false;
    }
    append_utf8(text_, character.code);
    units_ += character.units();
    if (units_ < limit_) bytes_with_room_ = text_.size();
    return true;
  }

  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::size_t limit_;
  std::size_t units_ = 0;
  std::size_t bytes_with_room_ = 0;  // up to where an ellipsis would still fit
  std::string text_;
};

}  // namespace

Character first_character(std::string_view text) {
  const auto byte = [&text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return {replacement, 1};
  char32_t code = lead & (0x7fU >> length);
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xc0U) != 0x80U) return {replacement, 1};
    code = (code << 6U) | (byte(at) & 0x3fU);
  }
  constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < smallest[length] || code > 0x10ffff || surrogate) return {replacement, 1};
  return {code, length};
}

void append_utf8(std::string& text, char32_t code) {
  const auto add = [&text](char32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) {
    add(code);
  } else if (code < 0x800) {
    add(0xc0U | (code >> 6U));
    add(0x80U | (code & 0x3fU));
  } else if (code < 0x10000) {
    add(0xe0U | (code >> 12U));
    add(0x80U | ((code >> 6U) & 0x3fU));
    add(0x80U | (code & 0x3fU));
  } else {
    add(0xf0U | (code >> 18U));
    add(0x80U | ((code >> 12U) & 0x3fU));
    add(0x80U | ((code >> 6U) & 0x3fU));
    add(0x80U | (code & 0x3fU));
  }
}

std::size_t units_of(std::string_view text) {
  std::size_t units = 0;
  while (!text.empty()) {
    const auto character = first_character(text);
    text.remove_prefix(character.bytes);
    units += character.units();
  }
  return units;
}

std::string one_line(std::string_view text, std::size_t limit) {
  LineBuilder line(limit);
  bool blank = false;
  while (!text.empty()) {
    auto character = first_character(text);
    text.remove_prefix(character.bytes);
    if (is_blank(character.code)) {
      blank = true;
      continue;
    }
    if (blank && !line.empty() && !line.append({' ', 1})) break;
    blank = false;
    if (is_unseen(character.code)) character.code = replacement;
    if (!line.append(character)) break;
  }
  return line.take();
}

std::string escaped_within(std::string_view text, std::size_t limit, Escape escape) {
  std::string result;
  std::size_t units = 0;
  std::size_t bytes_with_room = 0;  // up to where an ellipsis would still fit
  while (!text.empty()) {
    const auto character = first_character(text);
    text.remove_prefix(character.bytes);
    auto piece = escape(character.code);
    if (piece.empty()) append_utf8(piece, character.code);
    const auto width = units_of(piece);
    if (units + width > limit) return result.substr(0, bytes_with_room) + std::string(ellipsis);
    result += piece;
    units += width;
    if (units < limit) bytes_with_room = result.size();
  }
  return result;
}

std::string within_bytes(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  auto end = limit - std::min(limit, ellipsis.size());
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + std::string(ellipsis);
}

std::string readable_time(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string rfc3339_time(Timestamp time) {
  auto text = readable_time(time);
  text[text.find(' ')] = 'T';
  text.replace(text.find(' '), std::string_view::npos, "Z");
  return text;
}

std::string readable_duration(std::chrono::microseconds duration) {
  struct Unit {
    std::chrono::seconds length;
    std::string_view name;
  };
  constexpr std::array<Unit, 4> units = {{{std::chrono::days(1), "d"},
                                          {std::chrono::hours(1), "h"},
                                          {std::chrono::minutes(1), "min"},
                                          {std::chrono::seconds(1), "s"}}};
  auto rest = std::max(std::chrono::floor<std::chrono::seconds>(duration), std::chrono::seconds(0));
  for (std::size_t at = 0; at + 1 < units.size(); ++at) {
    const auto& larger = units[at];
    const auto& smaller = units[at + 1];
    if (rest < larger.length) continue;
    const auto second = (rest % larger.length) / smaller.length;
    const auto first = fmt::format("{} {}", rest / larger.length, larger.name);
    return second == 0 ? first : fmt::format("{} {} {}", first, second, smaller.name);
  }
  return fmt::format("{} s", rest.count());
}

bool is_web_link(std::string_view url) {
  constexpr std::size_t longest = 2000;  // bytes
  if (url.size() > longest) return false;
  if (!url.starts_with("https://") && !url.starts_with("http://")) return false;
  return std::ranges::all_of(url, [](char byte) {
    return byte > ' ' && byte < 0x7f &&
           std::string_view("\"'<>|\\`").find(byte) == std::string_view::npos;
  });
}

}  // namespace gatewatch::alerting
