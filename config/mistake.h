// A mistake of the operator in the configuration, with its place, and the list that collects them.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gatewatch::config {

struct Mistake {
  std::string file;
  int line = 0;    // from 1; 0: the file as a whole
  int column = 0;  // from 1
  std::string message;

  [[nodiscard]] std::string text() const;  // "file:line:column: message"
  friend bool operator==(const Mistake&, const Mistake&) = default;
};

// Where something stands: a place in one of the files that are being read.
struct Place {
  int file = 0;  // index into the files of the run
  int line = 0;  // as in Mistake
  int column = 0;

  friend auto operator<=>(const Place&, const Place&) = default;
};

// Every mistake of one run. Messages come out as one line of printable text of bounded length,
// whatever the configuration holds; keeping secrets out of them is up to the callers.
class Mistakes {
 public:
  // Names the next file; its index goes into places.
  int add_file(std::string name);
  void add(const Place& place, std::string_view message);

  // "file:line:column", for messages that name a second place.
  [[nodiscard]] std::string describe(const Place& place) const;
  [[nodiscard]] bool empty() const { return noted_.empty(); }
  // By file, line and column; the same mistake at the same place only once.
  [[nodiscard]] std::vector<Mistake> sorted() const;

 private:
  struct Noted {
    Place place;
    std::string message;
    friend auto operator<=>(const Noted&, const Noted&) = default;
  };

  std::vector<std::string> files_;
  std::vector<Noted> noted_;
};

}  // namespace gatewatch::config
