// One table of the configuration while it is read: typed access by key, every mistake noted with
// its place, keys that nobody asked for reported at the end with the nearest one that was. Getters
// leave `into` alone where the key is absent or wrong.

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/document.h"
#include "config/file.h"
#include "config/secret.h"
#include "config/secret_reader.h"
#include "config/units.h"
#include "config/url.h"

namespace gatewatch::config {

// A text and where it stands, for checks that come after reading.
struct PlacedText {
  std::string text;
  Place place;
};

class Section {
 public:
  // `path`: what stands before its keys in messages ("daemon.tls"); empty for none. All
  // references must outlive the section.
  Section(const Table& table, const Place& place, std::string path, Mistakes& mistakes,
          const SecretReader& secrets);

  // The value of a key, which is thereby known; null where it is absent.
  const Value* take(std::string_view key);
  // Notes a mistake about the value of `key`, at the section where the key is absent.
  void mistake(std::string_view key, std::string_view what);
  // The same in the words of an error.
  void refuse(std::string_view key, const Error& error);
  [[nodiscard]] bool has(std::string_view key) const { return entry(key) != nullptr; }
  // Where the value of `key` stands, or the section where it is absent.
  [[nodiscard]] Place place_of(std::string_view key) const;
  [[nodiscard]] const Place& place() const { return place_; }
  [[nodiscard]] Mistakes& mistakes() const { return mistakes_; }
  [[nodiscard]] const SecretReader& secrets() const { return secrets_; }
  // "daemon.tls.key" for "key".
  [[nodiscard]] std::string name_of(std::string_view key) const;

  std::optional<Section> section(std::string_view key);
  // The tables of [[key]].
  std::vector<Section> sections(std::string_view key);
  // The entries of a table whose keys the operator chooses.
  std::span<const Entry> entries(std::string_view key);

  // Whether the value was there and right.
  bool text(std::string_view key, std::string& into);
  bool duration(std::string_view key, Duration& into, Duration least, Duration most);
  bool url(std::string_view key, Url& into);
  // A URL in ASCII, with its fragment.
  bool link(std::string_view key, std::string& into);
  // A host that stands alone, in ASCII.
  bool host(std::string_view key, std::string& into);
  bool secret(std::string_view key, Secret& into, Sensitivity sensitivity);
  void flag(std::string_view key, bool& into);
  void number(std::string_view key, int& into, int least, int most);
  void size(std::string_view key, std::uint64_t& into, std::uint64_t least, std::uint64_t most);
  void rate(std::string_view key, double& into);
  // An absolute path of a file that can be read; a relative one counts from the file's folder. What
  // stands in it, where it could be read.
  std::optional<FileContent> readable_file(std::string_view key, std::string& into);
  // The strings of a list; nothing where it is absent or anything in it is wrong.
  std::optional<std::vector<PlacedText>> texts(std::string_view key);
  // Adds to `into`, replacing values of equal keys.
  void text_map(std::string_view key, std::map<std::string, std::string>& into);

  template <typename Choice>
  void choice(std::string_view key, Choice& into,
              std::initializer_list<std::pair<std::string_view, Choice>> choices) {
    std::vector<std::string> names;
    for (const auto& [name, value] : choices) names.emplace_back(name);
    const auto index = choose(key, names);
    if (index) into = (choices.begin() + *index)->second;
  }

  // Reports the keys that nobody asked for.
  void finish();

 private:
  template <typename Type>
  bool parsed(std::string_view key, Type& into,
              std::expected<Type, Error> (*parse)(std::string_view));
  template <typename Type>
  const Type* take_as(std::string_view key, std::string_view wanted);
  [[nodiscard]] const Entry* entry(std::string_view key) const;
  std::optional<std::ptrdiff_t> choose(std::string_view key, const std::vector<std::string>& names);

  const Table& table_;
  Place place_;
  std::string path_;
  Mistakes& mistakes_;
  const SecretReader& secrets_;
  std::vector<std::string> known_;
};

}  // namespace gatewatch::config
