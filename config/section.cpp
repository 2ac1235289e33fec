#include "config/section.h"

#include <algorithm>

#include <fmt/format.h>

#include "config/file.h"
#include "config/nearest_key.h"
#include "config/syntax.h"

namespace gatewatch::config {
namespace {

constexpr std::size_t largest_named_file = 16 << 20;

}  // namespace

Section::Section(const Table& table, const Place& place, std::string path, Mistakes& mistakes,
                 const SecretReader& secrets)
    : table_(table),
      place_(place),
      path_(std::move(path)),
      mistakes_(mistakes),
      secrets_(secrets) {}

const Entry* Section::entry(std::string_view key) const {
  const auto found = std::ranges::find(table_, key, &Entry::key);
  return found == table_.end() ? nullptr : &*found;
}

const Value* Section::take(std::string_view key) {
  if (std::ranges::find(known_, key) == known_.end()) known_.emplace_back(key);
  const auto* const found = entry(key);
  return found == nullptr ? nullptr : &found->value;
}

template <typename Type>
const Type* Section::take_as(std::string_view key, std::string_view wanted) {
  const auto* const value = take(key);
  if (value == nullptr) return nullptr;
  const auto* const typed = std::get_if<Type>(&value->data);
  if (typed == nullptr) {
    mistake(key, fmt::format("must be {}, not {}", wanted, value->type_name()));
  }
  return typed;
}

void Section::mistake(std::string_view key, std::string_view what) {
  mistakes_.add(place_of(key), fmt::format("{} {}", name_of(key), what));
}

void Section::refuse(std::string_view key, const Error& error) {
  mistakes_.add(place_of(key), fmt::format("{}: {}", name_of(key), error.message));
}

Place Section::place_of(std::string_view key) const {
  const auto* const found = entry(key);
  return found == nullptr ? place_ : found->value.place;
}

std::string Section::name_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

std::optional<Section> Section::section(std::string_view key) {
  const auto* const table = take_as<Table>(key, "a table");
  if (table == nullptr) return std::nullopt;
  return Section(*table, entry(key)->place, name_of(key), mistakes_, secrets_);
}

std::vector<Section> Section::sections(std::string_view key) {
  std::vector<Section> sections;
  const auto wanted = fmt::format("a list of tables, each under [[{}]]", key);
  const auto* const list = take_as<Array>(key, wanted);
  if (list == nullptr) return sections;
  for (const auto& element : *list) {
    if (const auto* const table = std::get_if<Table>(&element.data)) {
      sections.emplace_back(*table, element.place, "", mistakes_, secrets_);
    } else {
      mistakes_.add(element.place,
                    fmt::format("{} must be {}, not {}", key, wanted, element.type_name()));
    }
  }
  return sections;
}

std::span<const Entry> Section::entries(std::string_view key) {
  const auto* const table = take_as<Table>(key, "a table");
  return table == nullptr ? std::span<const Entry>() : std::span<const Entry>(*table);
}

bool Section::text(std::string_view key, std::string& into) {
  const auto* const text = take_as<std::string>(key, "a string");
  if (text == nullptr) return false;
  if (text->empty()) {
    mistake(key, "is empty");
    return false;
  }
  into = *text;
  return true;
}

bool Section::duration(std::string_view key, Duration& into, Duration least, Duration most) {
  const auto* const text = take_as<std::string>(key, "a duration in quotes, like \"30s\"");
  if (text == nullptr) return false;
  const auto duration = parse_duration(*text);
  if (!duration) {
    refuse(key, duration.error());
    return false;
  }
  if (*duration < least || *duration > most) {
    mistake(key, fmt::format("is {}: it must be from {} to {}", format_duration(*duration),
                             format_duration(least), format_duration(most)));
    return false;
  }
  into = *duration;
  return true;
}

template <typename Type>
bool Section::parsed(std::string_view key, Type& into,
                     std::expected<Type, Error> (*parse)(std::string_view)) {
  std::string written;
  if (!text(key, written)) return false;
  auto value = parse(written);
  if (!value) {
    refuse(key, value.error());
    return false;
  }
  into = *std::move(value);
  return true;
}

bool Section::url(std::string_view key, Url& into) {
  return parsed(key, into, &Url::parse);
}

bool Section::link(std::string_view key, std::string& into) {
  return parsed(key, into, &link_text);
}

bool Section::host(std::string_view key, std::string& into) {
  return parsed(key, into, &parse_host);
}

bool Section::secret(std::string_view key, Secret& into, Sensitivity sensitivity) {
  const auto* const value = take(key);
  if (value == nullptr) return false;
  auto secret = secrets_.read(*value, name_of(key), sensitivity, mistakes_);
  if (!secret) return false;
  into = *std::move(secret);
  return true;
}

void Section::flag(std::string_view key, bool& into) {
  if (const auto* const flag = take_as<bool>(key, "true or false")) into = *flag;
}

void Section::number(std::string_view key, int& into, int least, int most) {
  const auto* const number = take_as<std::int64_t>(key, "an integer");
  if (number == nullptr) return;
  if (*number < least || *number > most) {
    mistake(key, fmt::format("is {}: it must be from {} to {}", *number, least, most));
    return;
  }
  into = static_cast<int>(*number);
}

void Section::size(std::string_view key, std::uint64_t& into, std::uint64_t least,
                   std::uint64_t most) {
  const auto* const text = take_as<std::string>(key, "a size in quotes, like \"64KiB\"");
  if (text == nullptr) return;
  const auto size = parse_size(*text);
  if (!size) {
    refuse(key, size.error());
  } else if (*size < least || *size > most) {
    mistake(key, fmt::format("is {}: it must be from {} to {}", *text, format_size(least),
                             format_size(most)));
  } else {
    into = *size;
  }
}

void Section::rate(std::string_view key, double& into) {
  const auto* const value = take(key);
  if (value == nullptr) return;
  double rate = 0;
  if (const auto* const text = std::get_if<std::string>(&value->data)) {
    const auto parsed = parse_rate(*text);
    if (!parsed) return refuse(key, parsed.error());
    rate = *parsed;
  } else if (const auto* const number = std::get_if<double>(&value->data)) {
    rate = *number;
  } else if (const auto* const whole = std::get_if<std::int64_t>(&value->data)) {
    rate = static_cast<double>(*whole);
  } else {
    return mistake(key,
                   fmt::format("must be a share like \"5%\" or 0.05, not {}", value->type_name()));
  }
  // Written so that a NaN is refused too.
  if (!(rate >= 0 && rate <= 1)) {
    return mistake(key, "is no share from 0 to 1: write \"5%\" or 0.05");
  }
  into = rate;
}

std::optional<FileContent> Section::readable_file(std::string_view key, std::string& into) {
  std::string path;
  if (!text(key, path)) return std::nullopt;
  into = secrets_.resolve_path(path, place_of(key));
  auto content = read_file(into, largest_named_file);
  if (content) return *std::move(content);
  refuse(key, content.error());
  return std::nullopt;
}

std::optional<std::vector<PlacedText>> Section::texts(std::string_view key) {
  const auto* const list = take_as<Array>(key, "a list of strings, like [\"…\"]");
  if (list == nullptr) return std::nullopt;
  std::vector<PlacedText> texts;
  for (const auto& element : *list) {
    const auto* const text = std::get_if<std::string>(&element.data);
    if (text == nullptr) {
      mistakes_.add(element.place,
                    fmt::format("{} must hold strings, not {}", name_of(key), element.type_name()));
    } else if (text->empty()) {
      mistakes_.add(element.place, fmt::format("{} holds an empty string", name_of(key)));
    } else {
      texts.push_back({*text, element.place});
    }
  }
  if (texts.size() != list->size()) return std::nullopt;
  return texts;
}

void Section::text_map(std::string_view key, std::map<std::string, std::string>& into) {
  for (const auto& [name, place, value] : entries(key)) {
    if (const auto* const text = std::get_if<std::string>(&value.data)) {
      into[name] = *text;
    } else {
      mistakes_.add(value.place, fmt::format("{}.{} must be a string, not {}", name_of(key), name,
                                             value.type_name()));
    }
  }
}

std::optional<std::ptrdiff_t> Section::choose(std::string_view key,
                                              const std::vector<std::string>& names) {
  const auto wanted = fmt::format("one of \"{}\"", fmt::join(names, "\", \""));
  const auto* const text = take_as<std::string>(key, wanted);
  if (text == nullptr) return std::nullopt;
  const auto found = std::ranges::find(names, *text);
  if (found == names.end()) {
    mistake(key,
            fmt::format("is \"{}\"{}: it must be {}", *text, suggestion(*text, names), wanted));
    return std::nullopt;
  }
  return found - names.begin();
}

void Section::finish() {
  for (const auto& [key, place, value] : table_) {
    if (std::ranges::find(known_, key) != known_.end()) continue;
    const auto near = suggestion(key, known_);
    mistakes_.add(
        place, fmt::format(
                   "unknown key \"{}\"{}", name_of(key),
                   near.empty() ? fmt::format("; known here: {}", fmt::join(known_, ", ")) : near));
  }
}

}  // namespace gatewatch::config
