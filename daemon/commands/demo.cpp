// `gatewatch demo`: the whole daemon on a site that fails every two minutes, or on the URLs given,
// with what happens on the terminal. Needs no network and no file; leaves nothing behind.

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "daemon/app.h"
#include "daemon/commands/command.h"
#include "daemon/commands/probe_route.h"
#include "daemon/commands/toml_string.h"
#include "daemon/demo/site.h"
#include "daemon/demo/terminal.h"

namespace gatewatch::daemon {
namespace {

// Removed with everything in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    auto path = parent() + "/gatewatch-demo-XXXXXX";
    if (mkdtemp(path.data()) != nullptr) path_ = path;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }  // empty: could not be made
  // Where it is made, whether that exists or not (the library's own function throws).
  [[nodiscard]] static std::string parent() {
    const auto* const chosen = std::getenv("TMPDIR");
    return chosen == nullptr || *chosen == '\0' ? "/tmp" : chosen;
  }

 private:
  std::string path_;
};

std::string configuration(const std::string& data, const std::vector<std::string>& urls,
                          const std::string& interval) {
  auto text = fmt::format(
      "[daemon]\nlisten = \"127.0.0.1:0\"\ndata = {}\nprobe_threads = 1\n"
      "[defaults]\ninterval = \"{}\"\ntimeout = \"{}\"\n"
      "[[channel]]\nname = \"terminal\"\ntype = \"log\"\n",
      toml_string(data), interval, interval);
  for (const auto* const rule : {"bad_gateway", "failing"}) {
    text += fmt::format(
        "[[rule]]\nname = \"{}\"\nmatch = [\"{}\"]\nrate = \"{}\"\nwindow = \"1m\"\n"
        "resolve_after = 3\nreopen = \"30s\"\nnotify = [\"terminal\"]\n",
        rule, rule, std::string_view(rule) == "failing" ? "50%" : "5%");
  }
  int number = 0;
  for (const auto& url : urls) {
    text += fmt::format("[[route]]\ngroup = \"demo\"\nname = \"route-{}\"\nurl = {}\n", ++number,
                        toml_string(url));
  }
  return text;
}

void introduce(const App& app, const std::vector<std::string>& urls, const std::string& data,
               bool built_in) {
  fmt::print("gatewatch demo watches {}\n", fmt::join(urls, ", "));
  if (built_in) {
    fmt::print("Its origin goes down 20 s from now and every two minutes, for 40 s each time.\n");
  }
  fmt::print(
      "  metrics    {0}/metrics\n  results    {0}/api/v1/results\n"
      "  incidents  {0}/api/v1/incidents\n  database   sqlite3 -readonly {1}/gatewatch.db "
      "'select * from results'\nCtrl-C ends it.\n\n",
      app.address(), data);
  std::fflush(stdout);
}

// Here, because the configuration that they become part of is nothing that the user has written.
int refuse(const std::vector<std::string>& urls) {
  int code = exit_fine;
  for (const auto& url : urls) {
    const auto route = route_of_options(url, {});
    if (route) continue;
    for (const auto& line : route.error()) fmt::print(stderr, "gatewatch demo: {}\n", line);
    code = exit_usage;
  }
  return code;
}

}  // namespace

int demo_command(const DemoOptions& options) {
  const TemporaryDirectory directory;
  if (directory.path().empty()) {
    fmt::print(stderr, "gatewatch demo: cannot make a directory for its database in {}: {}\n",
               TemporaryDirectory::parent(), std::strerror(errno));
    return exit_failed;
  }
  if (const int code = refuse(options.urls); code != exit_fine) return code;
  std::unique_ptr<DemoSite> site;
  auto urls = options.urls;
  if (urls.empty()) {
    auto started = DemoSite::start({});
    if (!started) {
      fmt::print(stderr, "gatewatch demo: {}\n", started.error().message);
      return exit_failed;
    }
    site = std::move(*started);
    urls = {"http://" + site->gateway().text() + "/"};
  }
  const auto text = configuration(directory.path(), urls, site ? "2s" : "10s");
  const LoadConfig load = [&text] {
    return config::load_text(text, "the demo's configuration", config::process_environment());
  };
  auto loaded = load_everything(load);
  if (!loaded) {
    for (const auto& line : loaded.error()) fmt::print(stderr, "gatewatch demo: {}\n", line);
    return exit_usage;
  }
  const auto print = [](const auto& happened) {
    fmt::print("{}\n", demo_line(happened));
    std::fflush(stdout);
  };
  auto log = Log::to_stderr(LogLevel::Warning);
  auto app = App::create({std::move(*loaded), load, {print, print}, false}, log);
  if (!app) {
    fmt::print(stderr, "gatewatch demo: {}\n", app.error().message);
    return exit_failed;
  }
  introduce(**app, urls, directory.path(), site != nullptr);
  (*app)->run();
  return exit_fine;
}

}  // namespace gatewatch::daemon
