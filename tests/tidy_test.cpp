// The rules of the house as tests: who may include whom, how long files and functions may be, what
// no file may call. Each rule is a function from a source to what is wrong with it, and is first
// shown to find what it forbids.

#include <algorithm>
#include <array>
#include <filesystem>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/source_paths.h"
#include "tests/source_tree.h"

using namespace gatewatch::tidy;

namespace {

using Findings = std::vector<std::string>;

constexpr int longest_file = 500;
constexpr int longest_median_file = 150;
constexpr int longest_function = 70;

// From left to right: a folder includes itself and those before it.
constexpr std::array<std::string_view, 6> folders = {"config",   "probes", "storage",
                                                     "alerting", "daemon", "tests"};

struct LibraryRule {
  std::string_view include;               // the beginning of its path
  std::array<std::string_view, 3> users;  // the beginnings of the paths that may
};

constexpr std::array library_rules = {
    LibraryRule{"uv.h", {"probes/net/"}},
    LibraryRule{"ares", {"probes/net/"}},
    LibraryRule{"openssl/", {"probes/net/"}},
    LibraryRule{"llhttp", {"probes/net/"}},
    LibraryRule{"sqlite3.h", {"storage/sqlite/"}},
    LibraryRule{"curl/",
                {"alerting/delivery/curl_", "alerting/delivery/socket_guard", "daemon/agent"}},
    LibraryRule{"toml++/", {"config/"}},
    LibraryRule{"prometheus/", {"daemon/"}},
    LibraryRule{"spdlog/", {"daemon/"}},
    LibraryRule{"systemd/", {"daemon/"}},
    LibraryRule{"CLI/", {"daemon/"}},
};

// Sources without a test file of their own, and the file that tests them instead.
struct TestedElsewhere {
  std::string_view source;
  std::string_view test;
};
constexpr std::array tested_elsewhere = {
    TestedElsewhere{"config/dependence_check.cpp", "tests/config/mistakes_test.cpp"},
    TestedElsewhere{"alerting/announcement.cpp", "tests/alerting/incident_desk_test.cpp"},
    TestedElsewhere{"alerting/coverage.cpp", "tests/alerting/incident_desk_test.cpp"},
    TestedElsewhere{"alerting/delivery/curl_handle.cpp",
                    "tests/alerting/delivery/curl_sender_test.cpp"},
    TestedElsewhere{"alerting/delivery/curl_transfer.cpp",
                    "tests/alerting/delivery/curl_sender_test.cpp"},
    TestedElsewhere{"alerting/delivery/email_body.cpp", "tests/alerting/delivery/email_test.cpp"},
    TestedElsewhere{"alerting/delivery/socket_guard.cpp",
                    "tests/alerting/delivery/curl_sender_test.cpp"},
    TestedElsewhere{"alerting/desk_state.cpp", "tests/alerting/incident_desk_test.cpp"},
    TestedElsewhere{"alerting/failure_log.cpp", "tests/alerting/incident_desk_test.cpp"},
    TestedElsewhere{"alerting/incident_list.cpp", "tests/alerting/incident_desk_test.cpp"},
    TestedElsewhere{"alerting/status_phrase.cpp", "tests/alerting/evidence_test.cpp"},
    TestedElsewhere{"alerting/step.cpp", "tests/alerting/incident_desk_test.cpp"},
    TestedElsewhere{"daemon/app.cpp", "tests/simulation/outage_test.cpp"},
    TestedElsewhere{"daemon/app_api.cpp", "tests/end_to_end/people_test.py"},
    TestedElsewhere{"daemon/commands/ack.cpp", "tests/end_to_end/people_test.py"},
    TestedElsewhere{"daemon/commands/asking.cpp", "tests/end_to_end/people_test.py"},
    TestedElsewhere{"daemon/commands/backup.cpp", "tests/end_to_end/backup_test.py"},
    TestedElsewhere{"daemon/commands/change.cpp", "tests/end_to_end/people_test.py"},
    TestedElsewhere{"daemon/commands/check.cpp", "tests/end_to_end/mistakes_test.py"},
    TestedElsewhere{"daemon/commands/demo.cpp", "tests/end_to_end/commands_test.py"},
    TestedElsewhere{"daemon/commands/daemon_exchange.cpp",
                    "tests/daemon/commands/daemon_client_test.cpp"},
    TestedElsewhere{"daemon/commands/incidents.cpp", "tests/end_to_end/people_test.py"},
    TestedElsewhere{"daemon/commands/probe.cpp", "tests/end_to_end/commands_test.py"},
    TestedElsewhere{"daemon/commands/run.cpp", "tests/end_to_end/mistakes_test.py"},
    TestedElsewhere{"daemon/commands/silence.cpp", "tests/end_to_end/silence_test.py"},
    TestedElsewhere{"daemon/commands/status.cpp", "tests/end_to_end/people_test.py"},
    TestedElsewhere{"daemon/commands/test_alert.cpp", "tests/end_to_end/test_alert_test.py"},
    TestedElsewhere{"daemon/commands/version.cpp", "tests/end_to_end/commands_test.py"},
    TestedElsewhere{"daemon/demo/gateway.cpp", "tests/daemon/demo/site_test.cpp"},
    TestedElsewhere{"daemon/demo/origin.cpp", "tests/daemon/demo/site_test.cpp"},
    TestedElsewhere{"daemon/main.cpp", "tests/end_to_end/commands_test.py"},
    TestedElsewhere{"daemon/metric_family.cpp", "tests/daemon/own_metrics_test.cpp"},
    TestedElsewhere{"daemon/probe_thread.cpp", "tests/daemon/probe_pool_test.cpp"},
    TestedElsewhere{"daemon/version.cpp", "tests/end_to_end/commands_test.py"},
    TestedElsewhere{"daemon/web_front.cpp", "tests/end_to_end/port_test.py"},
    TestedElsewhere{"probes/net/ares_channel.cpp", "tests/probes/net/ares_resolver_test.cpp"},
    TestedElsewhere{"probes/net/listening_socket.cpp", "tests/probes/net/uv_network_test.cpp"},
    TestedElsewhere{"probes/net/network.cpp", "tests/probes/net/uv_network_test.cpp"},
    TestedElsewhere{"probes/net/tls_context.cpp", "tests/probes/net/tls_stream_test.cpp"},
    TestedElsewhere{"probes/net/tls_failure.cpp", "tests/probes/net/tls_stream_test.cpp"},
    TestedElsewhere{"probes/net/tls_session.cpp", "tests/probes/net/tls_stream_test.cpp"},
    TestedElsewhere{"probes/net/uv_listener.cpp", "tests/probes/net/uv_network_test.cpp"},
    TestedElsewhere{"probes/net/uv_loop.cpp", "tests/probes/net/uv_network_test.cpp"},
    TestedElsewhere{"probes/net/uv_signal.cpp", "tests/probes/net/uv_network_test.cpp"},
    TestedElsewhere{"probes/net/uv_status.cpp", "tests/probes/net/uv_network_test.cpp"},
    TestedElsewhere{"probes/net/socket_stream.cpp", "tests/probes/net/uv_network_test.cpp"},
    TestedElsewhere{"probes/net/uv_timer.cpp", "tests/probes/net/uv_network_test.cpp"},
    TestedElsewhere{"probes/net/uv_wakeup.cpp", "tests/probes/net/uv_network_test.cpp"},
    TestedElsewhere{"probes/proxy_connect.cpp", "tests/probes/proxied_probe_test.cpp"},
    TestedElsewhere{"probes/proxy_socks5.cpp", "tests/probes/proxied_probe_test.cpp"},
    TestedElsewhere{"probes/result_facts.cpp", "tests/probes/http_probe_test.cpp"},
    TestedElsewhere{"storage/records.cpp", "tests/storage/sqlite_store_test.cpp"},
    TestedElsewhere{"storage/sqlite/annotation_table.cpp", "tests/storage/sqlite_store_test.cpp"},
    TestedElsewhere{"storage/sqlite/block_table.cpp", "tests/storage/result_compaction_test.cpp"},
    TestedElsewhere{"storage/sqlite/circumstance_list.cpp",
                    "tests/storage/result_compaction_test.cpp"},
    TestedElsewhere{"storage/sqlite/circumstance_table.cpp",
                    "tests/storage/result_compaction_test.cpp"},
    TestedElsewhere{"storage/sqlite/database.cpp", "tests/storage/sqlite_store_test.cpp"},
    TestedElsewhere{"storage/sqlite/due_hours.cpp", "tests/storage/rollup_store_test.cpp"},
    TestedElsewhere{"storage/sqlite/evidence_row.cpp", "tests/storage/evidence_table_test.cpp"},
    TestedElsewhere{"storage/sqlite/evidence_search.cpp", "tests/storage/evidence_table_test.cpp"},
    TestedElsewhere{"storage/sqlite/incident_table.cpp", "tests/storage/sqlite_store_test.cpp"},
    TestedElsewhere{"storage/sqlite/interner.cpp", "tests/storage/sqlite_store_test.cpp"},
    TestedElsewhere{"storage/sqlite/json_column.cpp", "tests/storage/sqlite_store_test.cpp"},
    TestedElsewhere{"storage/sqlite/lock_file.cpp", "tests/storage/sqlite_store_test.cpp"},
    TestedElsewhere{"storage/sqlite/reserve.cpp", "tests/storage/lasting_store_test.cpp"},
    TestedElsewhere{"storage/sqlite/result_search.cpp", "tests/storage/sqlite_store_test.cpp"},
    TestedElsewhere{"storage/sqlite/result_table.cpp", "tests/storage/sqlite_store_test.cpp"},
    TestedElsewhere{"storage/sqlite/rollup_maker.cpp", "tests/storage/rollup_store_test.cpp"},
    TestedElsewhere{"storage/sqlite/rollup_migration.cpp", "tests/storage/rollup_store_test.cpp"},
    TestedElsewhere{"storage/sqlite/rollup_search.cpp", "tests/storage/rollup_store_test.cpp"},
    TestedElsewhere{"storage/sqlite/rollup_table.cpp", "tests/storage/rollup_store_test.cpp"},
    TestedElsewhere{"storage/sqlite/salvage.cpp", "tests/storage/lasting_store_test.cpp"},
};

// The real network, which has the clock of the operating system; everyone else has a Clock.
bool is_clock(const Source& source) {
  return source.path.starts_with("probes/net/uv_");
}

std::size_t rank(std::string_view folder) {
  return static_cast<std::size_t>(std::ranges::find(folders, folder) - folders.begin());
}

std::string at(const Source& source, int line, const std::string& what) {
  return source.path + ":" + std::to_string(line) + ": " + what;
}

void include_direction(const Source& source, Findings& findings) {
  for (const auto& include : source.includes()) {
    if (!include.quoted) continue;
    const auto target = rank(std::string_view(include.path).substr(0, include.path.find('/')));
    if (include.path.find("..") != std::string::npos || target == folders.size()) {
      findings.push_back(at(source, include.line, "write \"folder/file.h\" from the root"));
    } else if (target > rank(source.folder())) {
      findings.push_back(at(source, include.line, "includes against the direction of the house"));
    }
  }
}

void libraries(const Source& source, Findings& findings) {
  if (!source.is_shipped()) return;
  for (const auto& include : source.includes()) {
    for (const auto& rule : library_rules) {
      const bool used = !include.quoted && include.path.starts_with(rule.include);
      const bool allowed = std::ranges::any_of(rule.users, [&source](std::string_view user) {
        return !user.empty() && source.path.starts_with(user);
      });
      if (used && !allowed) {
        findings.push_back(at(source, include.line, "may not include " + include.path));
      }
    }
  }
}

void lengths(const Source& source, Findings& findings) {
  if (source.lines() > longest_file) {
    findings.push_back(at(source, source.lines(), "is too long: is it still one noun?"));
  }
  for (const auto& function : source.functions()) {
    if (function.lines > longest_function) {
      findings.push_back(
          at(source, function.line, "a function of " + std::to_string(function.lines) + " lines"));
    }
  }
}

void openings(const Source& source, Findings& findings) {
  if (source.is_header() && source.text.find("\n#pragma once\n") == std::string::npos) {
    findings.push_back(at(source, 1, "has no #pragma once"));
  }
  if (source.is_header() && !source.text.starts_with("// ")) {
    findings.push_back(at(source, 1, "does not open with what it is"));
  }
}

void time_of_the_system(const Source& source, Findings& findings) {
  if (!source.is_shipped() || is_clock(source)) return;
  for (const auto* const name : {"time", "gettimeofday", "clock_gettime", "ftime", "uv_hrtime",
                                 "uv_now", "uv_clock_gettime"}) {
    for (const int line : source.calls(name)) {
      findings.push_back(at(source, line, std::string("asks for the time by ") + name));
    }
  }
  for (const int line : source.mentions("_clock::now")) {
    findings.push_back(at(source, line, "asks for the time: take it from Clock"));
  }
}

void programs(const Source& source, Findings& findings) {
  if (!source.is_shipped()) return;
  for (const auto* const name : {"system", "popen", "fork", "vfork", "execl", "execlp", "execle",
                                 "execv", "execve", "execvp", "execvpe", "fexecve", "execveat",
                                 "posix_spawn", "posix_spawnp", "uv_spawn", "wordexp", "dlopen"}) {
    for (const int line : source.calls(name)) {
      findings.push_back(at(source, line, std::string("runs a program by ") + name));
    }
  }
}

void sql(const Source& source, Findings& findings) {
  // Where a value may stand; names of tables and orders are ours. PRAGMA knows no parameters.
  static const std::regex built(
      R"re(\b(SELECT|INSERT|UPDATE|DELETE|WHERE|VALUES)\b[^"]*(([=<>(,']|LIKE|LIMIT|IN) ?\{|"\s*\+))re");
  if (source.directory() != "storage/sqlite/") return;
  std::istringstream lines(source.text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (std::regex_search(line, built)) {
      findings.push_back(at(source, number, "builds SQL from values: bind a parameter"));
    }
  }
}

void leftovers(const Source& source, Findings& findings) {
  static const std::regex pattern(R"(//.*\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b)");
  if (std::regex_search(source.text, pattern)) {
    findings.push_back(at(source, 1, "holds a note of something left open"));
  }
}

void sleeping_tests(const Source& source, Findings& findings) {
  if (source.is_shipped()) return;
  for (const auto* const name : {"sleep", "usleep", "nanosleep", "sleep_for", "sleep_until"}) {
    for (const int line : source.calls(name)) findings.push_back(at(source, line, "sleeps"));
  }
  for (const int line : source.mentions("this_thread::sleep_")) {
    findings.push_back(at(source, line, "sleeps"));
  }
}

Findings findings_in(void (*rule)(const Source&, Findings&), const std::vector<Source>& sources) {
  Findings findings;
  for (const auto& source : sources) rule(source, findings);
  return findings;
}

Findings findings_in(void (*rule)(const Source&, Findings&), std::string path, std::string text) {
  return findings_in(rule, std::vector{make_source(std::move(path), std::move(text))});
}

const std::vector<Source>& sources() {
  static const auto read = read_sources(gatewatch::tests::source_path());
  return read;
}

void check_clean(void (*rule)(const Source&, Findings&)) {
  for (const auto& finding : findings_in(rule, sources())) FAIL_CHECK(finding);
}

}  // namespace

TEST_CASE("a folder includes itself and the folders to its left") {
  CHECK(findings_in(include_direction, "config/a.h", "#include \"probes/result.h\"\n").size() == 1);
  CHECK(findings_in(include_direction, "daemon/a.h", "#include \"../config/a.h\"\n").size() == 1);
  CHECK(findings_in(include_direction, "probes/a.h", "#include \"result.h\"\n").size() == 1);
  CHECK(findings_in(include_direction, "storage/a.h", "#include \"probes/result.h\"\n").empty());
  check_clean(include_direction);
}

TEST_CASE("a library is included where it is at home and nowhere else") {
  CHECK(findings_in(libraries, "daemon/a.cpp", "#include <uv.h>\n").size() == 1);
  CHECK(findings_in(libraries, "storage/reader.cpp", "  #  include <sqlite3.h>\n").size() == 1);
  CHECK(findings_in(libraries, "probes/net/a.cpp", "#include <openssl/ssl.h>\n").empty());
  CHECK(findings_in(libraries, "alerting/delivery/curl_sender.cpp", "#include <curl/curl.h>\n")
            .empty());
  CHECK(findings_in(libraries, "tests/storage/a.cpp", "#include <sqlite3.h>\n").empty());
  check_clean(libraries);
}

TEST_CASE("files and functions are short") {
  const auto lines = [](int count) {
    std::string text;
    for (int line = 0; line < count; ++line) text += "  ;\n";
    return text;
  };
  CHECK(findings_in(lengths, "config/a.cpp", lines(longest_file + 1)).size() == 1);
  CHECK(findings_in(lengths, "config/a.cpp", "void a() {\n" + lines(longest_function - 1) + "}\n")
            .size() == 1);
  CHECK(findings_in(lengths, "config/a.cpp",
                    "namespace a {\nclass B {\n void c(int = 1) {\n if (1) {\n}" +
                        lines(longest_function) + "}\n};\n}\n")
            .size() == 1);
  CHECK(findings_in(lengths, "config/a.cpp", "namespace a {\n" + lines(100) + "}\n").empty());
  check_clean(lengths);
}

TEST_CASE("the median file is short") {
  std::vector<int> counts;
  for (const auto& source : sources()) counts.push_back(source.lines());
  REQUIRE_FALSE(counts.empty());
  const auto middle = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2);
  std::ranges::nth_element(counts, middle);
  CHECK(*middle < longest_median_file);
}

TEST_CASE("a header says what it is and is read once") {
  CHECK(findings_in(openings, "config/a.h", "// What it is.\n\nint a;\n").size() == 1);
  CHECK(findings_in(openings, "config/a.h", "\n#pragma once\n").size() == 1);
  CHECK(findings_in(openings, "config/a.h", "// What it is.\n\n#pragma once\n").empty());
  check_clean(openings);
}

TEST_CASE("the time comes from Clock") {
  CHECK(findings_in(time_of_the_system, "daemon/a.cpp",
                    "auto a = std::chrono::system_clock::now();\n")
            .size() == 1);
  CHECK(findings_in(time_of_the_system, "daemon/a.cpp", "a = time(nullptr); b = std::time(0);\n")
            .size() == 2);
  CHECK(findings_in(
            time_of_the_system, "daemon/a.cpp",
            "// time(0)\na = record.time(); b = \"time(0)\"; c = start_time(); d = My::time();\n")
            .empty());
  check_clean(time_of_the_system);
}

TEST_CASE("no program is ever executed") {
  CHECK(findings_in(programs, "daemon/a.cpp", "::system(\"ls\"); execve(a, b, c);\n").size() == 2);
  CHECK(findings_in(programs, "daemon/a.cpp", "sqlite3_exec(a); statement.execute(b);\n").empty());
  check_clean(programs);
}

TEST_CASE("SQL is never put together from values") {
  CHECK(findings_in(sql, "storage/sqlite/a.cpp", "fmt::format(\"DELETE FROM a WHERE b={}\", c)\n")
            .size() == 1);
  CHECK(findings_in(sql, "storage/sqlite/a.cpp", "\"SELECT a FROM b WHERE c = \" + d\n").size() ==
        1);
  CHECK(findings_in(sql, "storage/sqlite/a.cpp", "format(\"INSERT INTO {} VALUES ('{}')\", a, b)\n")
            .size() == 1);
  CHECK(findings_in(sql, "storage/sqlite/a.cpp", "format(\"SELECT a FROM {} WHERE b = ?1\", c)\n")
            .empty());
  CHECK(findings_in(sql, "storage/sqlite/a.cpp", "prepare(\"SELECT a FROM b WHERE c = ?1\")\n")
            .empty());
  check_clean(sql);
}

TEST_CASE("nothing is left open in a comment") {
  CHECK(findings_in(leftovers, "daemon/a.cpp",
                    "int a;  // TO"
                    "DO: more\n")
            .size() == 1);
  check_clean(leftovers);
}

TEST_CASE("no test sleeps") {
  CHECK(findings_in(sleeping_tests, "tests/a.cpp", "std::this_thread::sleep_for(1s); usleep(1);\n")
            .size() == 2);
  check_clean(sleeping_tests);
}

TEST_CASE("every source file has a test file of its own name, or says which one tests it") {
  const auto exists = [](std::string_view path) {
    return std::filesystem::exists(gatewatch::tests::source_path(std::string(path)));
  };
  for (const auto& source : sources()) {
    if (!source.is_shipped() || source.is_header()) continue;
    const auto known = std::ranges::find(tested_elsewhere, source.path, &TestedElsewhere::source);
    // Below its folder a test may stand at the top: tests/storage/ has those of storage/sqlite/.
    const auto name = source.stem().substr(source.directory().size());
    const auto own = "tests/" + std::string(source.stem()) + "_test.cpp";
    const auto flat =
        "tests/" + std::string(source.folder()) + "/" + std::string(name) + "_test.cpp";
    const bool tested = exists(own) || exists(flat);
    if (known == tested_elsewhere.end() && !tested) FAIL_CHECK(source.path, " has no ", own);
    if (known != tested_elsewhere.end() && tested) FAIL_CHECK(source.path, " has a test now");
  }
  for (const auto& known : tested_elsewhere) {
    if (!exists(known.source)) FAIL_CHECK(known.source, " is listed and does not exist");
    if (!exists(known.test)) FAIL_CHECK(known.test, " is listed and does not exist");
  }
}
