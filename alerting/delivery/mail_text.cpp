#include "alerting/delivery/mail_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "alerting/delivery/text.h"
#include "config/syntax.h"
#include "probes/base64.h"

namespace gatewatch::alerting {
namespace {

constexpr std::size_t longest_line = 76;   // bytes, CRLF left out (RFC 2045, RFC 2047)
constexpr std::size_t longest_name = 200;  // of a person, in UTF-16 units

bool is_letter_or_digit(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9');
}

// RFC 2047: each encoded word holds whole characters; a folded line holds one word.
std::string encoded_words(std::string_view text) {
  constexpr std::size_t most_bytes = 36;  // 48 digits and 12 of frame: room for the header's name
  std::string result;
  while (!text.empty()) {
    std::string word;
    while (!text.empty()) {
      const auto character = first_character(text);
      if (word.size() + 4 > most_bytes) break;
      append_utf8(word, character.code);
      text.remove_prefix(character.bytes);
    }
    if (!result.empty()) result += "\r\n ";
    result += "=?UTF-8?B?" + base64(word) + "?=";
  }
  return result;
}

bool is_plain(std::string_view text) {
  return text.find("=?") == std::string_view::npos &&
         std::ranges::all_of(text, [](char byte) { return byte >= ' ' && byte < 0x7f; });
}

// Folds at blanks. `taken`: bytes of the first line that the header's name fills.
std::optional<std::string> folded(std::string_view text, std::size_t taken) {
  std::string result;
  std::size_t column = taken;
  while (!text.empty()) {
    const auto blank = text.find(' ', 1);
    const auto word = text.substr(0, blank);
    if (column + word.size() > longest_line) {
      if (word.front() != ' ' || word.size() > longest_line) return std::nullopt;
      result += "\r\n";
      column = 0;
    }
    result += word;
    column += word.size();
    text.remove_prefix(word.size());
  }
  return result;
}

// The bytes that go into a line of quoted-printable as one piece.
std::string quoted(char byte, bool line_ends) {
  const bool trailing_blank = line_ends && (byte == ' ' || byte == '\t');
  if (byte >= ' ' && byte < 0x7f && byte != '=' && !trailing_blank) return {byte};
  return fmt::format("={:02X}", static_cast<unsigned char>(byte));
}

std::string quoted_line(std::string_view line) {
  std::string result;
  std::size_t column = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const auto piece = quoted(line[at], at + 1 == line.size());
    if (column + piece.size() >= longest_line) {  // a byte is left for the soft line break
      result += "=\r\n";
      column = 0;
    }
    // Two servers out of three get a leading dot right (RFC 5321 section 4.5.2); encode it.
    const bool leading_dot = column == 0 && piece == ".";
    result += leading_dot ? "=2E" : piece;
    column += leading_dot ? 3 : piece.size();
  }
  return result;
}

}  // namespace

std::optional<MailAddress> MailAddress::parse(std::string_view text) {
  std::string_view name;
  if (text.ends_with('>')) {
    const auto open = text.rfind('<');
    if (open == std::string_view::npos) return std::nullopt;
    name = text.substr(0, open);
    text = text.substr(open + 1, text.size() - open - 2);
  }
  if (!config::is_mail_address(text)) return std::nullopt;
  MailAddress parsed{one_line(name, longest_name), std::string(text)};
  auto& clean = parsed.name;
  if (clean.size() >= 2 && clean.front() == '"' && clean.back() == '"') {
    clean = clean.substr(1, clean.size() - 2);
  }
  return parsed;
}

std::string MailAddress::header_text() const {
  if (name.empty()) return address;
  const bool bare = std::ranges::all_of(
      name, [](char byte) { return is_letter_or_digit(byte) || byte == ' ' || byte == '-'; });
  if (bare && name.size() < 60) return fmt::format("{}\r\n <{}>", name, address);
  return fmt::format("{}\r\n <{}>", encoded_words(name), address);
}

std::string_view MailAddress::domain() const {
  return std::string_view(address).substr(address.rfind('@') + 1);
}

std::string text_header(std::string_view name, std::string_view value) {
  if (is_plain(value)) {
    if (const auto text = folded(value, name.size() + 2)) {
      return fmt::format("{}: {}\r\n", name, *text);
    }
  }
  return fmt::format("{}: {}\r\n", name, encoded_words(value));
}

std::string quoted_printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    result += quoted_line(text.substr(0, end)) + "\r\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

std::string mail_date(Timestamp time) {
  constexpr std::array<std::string_view, 7> weekdays = {"Sun", "Mon", "Tue", "Wed",
                                                        "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000",
                     weekdays[std::chrono::weekday(day).c_encoding()],
                     static_cast<unsigned>(date.day()),
                     months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string html_escaped(std::string_view text) {
  std::string result;
  for (const char byte : text) {
    switch (byte) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += byte;
    }
  }
  return result;
}

}  // namespace gatewatch::alerting
